// Command promises holds what the documents promise against the tests. It fails if a document or a comment refers to a
// test that does not exist, and if the README, a page of docs or a package comment has one of the [words] of a promise in a paragraph,
// item or row that refers to no test. It also fails if a file cites an anchor that spec/FACTS.md does not have, or if
// no test has the Go code that the README or a page of docs shows.
//
// A reference is the name of a test function in brackets, and of a script of testscript after a slash, as go test -run
// takes it; or the path of a script that .ci/run or .ci/full runs. A Go comment has just that, and means a test of its
// own package:
//
//	// Explore stops the session also if work panics [TestExplore].
//
// In Markdown it is a link, so that it takes little room, and the file is named at the end of the document:
//
//	The session is stopped also if the work panics. [✓][TestExplore]
//
//	[TestExplore]: api/browse_test.go "TestExplore"
package main

import (
	"fmt"
	"os"
)

func main() {
	problems, err := check(os.DirFS("."))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p)
	}
	if len(problems) > 0 {
		os.Exit(1)
	}
}
