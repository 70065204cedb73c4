// Package resources holds where a learner finds help and what is told to the
// provider's safeguarding team: help services, reports, help-requests,
// receipts, and the sealed message that all of them travel as.
//
// It holds nouns and checks only. Sealing is resources/seal, waiting until
// delivered resources/outbox, the wire resources/platform.
package resources
