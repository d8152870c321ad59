// Package tools names what this module pins; its go.mod and go.sum are the pin.
package tools

import (
	_ "github.com/aquasecurity/trivy/cmd/trivy"
)
