package gen

// Operation is what the document says of an operation.
type Operation struct {
	// ID is its operationId, and Path its path below that of the API version, with names in braces for what varies.
	ID, Method, Path string
	// Versions are those that have the operation.
	Versions Versions
	// Parameters are those of the query, by name, with the versions that have them.
	Parameters map[string]Versions
	// Request is the schema of the body, JSON or a form. It is empty if there is no body.
	Request string
	// ContentTypes are those of its successful responses, in alphabetical order.
	ContentTypes []string
	// Traits say how to send it, unless Branches does.
	Traits Traits
	// Branches has the traits for each property that the body may have, where the body is a union.
	Branches map[string]Traits
}

// Traits say how a request of an operation is to be sent.
type Traits struct {
	// Repeatable says that the request may be sent again if the outcome of the first is unknown.
	Repeatable bool
	// Slow says that the server does the whole work before it responds, which may take hours.
	Slow bool
	// Stream says that the response may be many gigabytes.
	Stream bool
}

// Schema is what the document says of the properties of an object or union, or of the values of an enum.
type Schema struct {
	// Properties are those of an object, or of all branches of a union, by name.
	Properties map[string]Property
	// Values are those of an enum.
	Values []Value
}

// Property is what the document says of a property.
type Property struct {
	// Versions are those that have the property.
	Versions Versions
	// Secret says that its value must not be printed or logged.
	Secret bool
	// Schema is the name in [Schemas] of its value, or of the elements if that is a list. It is empty if that has none.
	Schema string
}

// Value is a value of an enum. The versions may differ in its letter case only.
type Value struct {
	// Versions are those that have the value.
	Versions Versions
	// Spellings has one element per letter case.
	Spellings []Spelling
}

// Spelling is how some versions write a value of an enum.
type Spelling struct {
	// Versions are those that write it so.
	Versions Versions
	// Text is the value.
	Text string
}
