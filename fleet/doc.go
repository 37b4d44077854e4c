// Package fleet carries out plans for thousands of OneDrives on many backup servers. The command vbo365-fleet is a thin
// layer around it.
//
// A [Checker] checks items, of a list that [ReadCSV] reads or of [Checker.Owners], against their servers, and a
// [PlanWriter] writes them to a plan. An [Engine] carries the plan out, with its state in a database: [Engine.Begin]
// and [Engine.Run] go on where an earlier process has ended, however it did. Restores, copies and messages are
// requested at most once; if nobody knows what became of one, its state is [Unknown] [TestUnknownOutcome].
//
//	servers, err := fleet.NewServers("credentials.json", logger)
//	…
//	engine, err := fleet.Open(ctx, fleet.Config{Database: "sqlite:fleet.db", Servers: servers})
//	…
//	plan, err := engine.Begin(ctx, "attack.plan")
//	…
//	err = engine.Run(ctx, plan)
package fleet
