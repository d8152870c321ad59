"""Local, stateful stand-ins for the services gatepost talks to: real sockets, real protocols."""
