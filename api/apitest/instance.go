package apitest

import (
	"context"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// builds are those of the product that brought an API version (spec/FACTS.md#1.1).
var builds = map[string]string{"v6": "6.0.0.367", "v7": "7.0.0.2911", "v8": "8.0.2.159"}

// GetServiceInstance implements GET /ServiceInstance. The product is the one that brought the newest version that is served:
// our choice.
func (o operations) GetServiceInstance(
	context.Context, server.GetServiceInstanceRequestObject,
) (server.GetServiceInstanceResponseObject, error) {
	newest := o.config.APIVersions[len(o.config.APIVersions)-1]
	return server.GetServiceInstance200JSONResponse{ServiceInstanceJSONResponse: server.ServiceInstanceJSONResponse{
		InstallationID: new(uuid.NewSHA1(namespace, []byte("installation"))),
		Version:        new(builds[newest]),
	}}, nil
}
