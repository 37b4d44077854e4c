package apitest

// listOf gives what a request wants of a list: all of it as a bare array, or a page, whichever the version has. path is
// that of the list.
func listOf[T any](e *exchange, items []T, describe func(T) (any, error), path ...string) (any, error) {
	at := func(i int64) (any, error) { return describe(items[i]) }
	if !e.route.schema.Type.Is("array") {
		return e.page(int64(len(items)), at, path...)
	}
	all := make([]any, len(items))
	for i := range items {
		var err error
		if all[i], err = at(int64(i)); err != nil {
			return nil, err
		}
	}
	return all, nil
}
