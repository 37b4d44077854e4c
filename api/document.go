package api

// Size returns the size of the document in bytes: the property size in v2, and sizeBytes in later versions.
func (d Document) Size() int64 { return max(d.Properties.Size, d.Properties.SizeBytes) }
