package api

// Size returns the size of the document in bytes: the property size in v2, sizeBytes from v3 on.
func (d Document) Size() int64 { return max(d.Properties.Size, d.Properties.SizeBytes) }
