package apitest

import (
	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// builds are those of the product that brought an API version (spec/FACTS.md#1.1).
var builds = map[string]string{"v6": "6.0.0.367", "v7": "7.0.0.2911", "v8": "8.0.2.159"}

// getServiceInstance gives the product that brought the newest version that is served, as far as its build is known:
// our choice.
func (s *Server) getServiceInstance(*exchange) (any, error) {
	instance := server.ServiceInstance{InstallationID: new(tenant.ID("installation"))}
	for _, version := range s.config.APIVersions {
		if build, known := builds[version]; known {
			instance.Version = &build
		}
	}
	return instance, nil
}
