// Package tools names what this module pins; its go.mod and go.sum are the pin.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
)
