package gen

// Operation is what the document says of an operation.
type Operation struct {
	// ID is its operationId, and Path its path below that of the API version, with names in braces for what varies.
	ID, Method, Path string
	// Traits say how to send it, unless Branches does.
	Traits Traits
	// Branches has the traits for each property that the body may have, where the body is a union.
	Branches map[string]Traits
}

// Traits say how a request of an operation is to be sent.
type Traits struct {
	// Repeatable says that the request may be sent again if the outcome of the first is unknown.
	Repeatable bool
	// Slow says that the server does the whole work before it answers, which may take hours.
	Slow bool
	// Stream says that the answer may be many gigabytes.
	Stream bool
}
