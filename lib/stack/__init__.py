"""stack.yml: read strictly, and everything that derives from it."""

from lib.stack.model import FunctionSpec, Route, Stack
from lib.stack.parse import StackError, load, parse
from lib.stack.topology import Topology, topology

__all__ = ["FunctionSpec", "Route", "Stack", "StackError", "Topology", "load", "parse", "topology"]
