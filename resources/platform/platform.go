// Package platform is the wire between a family's PC and its provider's
// platform: the contract (openapi.yaml), the types made from it, and the client
// of it. Both ends are held to the contract by the tests.
//
// What a server does with a message is not in here but in resources/inbox;
// sealing and waiting are not either.
package platform

import (
	_ "embed"
	"net/http"

	"lessonguard/resources"
)

//go:generate go run -modfile=../../tools/tools.mod github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config types.yaml openapi.yaml

// OpenAPI is the contract.
//
//go:embed openapi.yaml
var OpenAPI []byte

// Version is the version of the contract that this program speaks.
const Version = 1

// SealedType is the media type of a sealed message.
const SealedType = "application/age"

// paths are where each kind of message is put.
var paths = map[resources.Kind]string{
	resources.KindReport:      "/v1/reports/",
	resources.KindHelpRequest: "/v1/help-requests/",
	resources.KindAcceptance:  "/v1/acceptances/",
	resources.KindAttestation: "/v1/attestations/",
}

const (
	helloPath   = "/v1/hellos/"
	receiptPath = "/v1/receipts/"
)

// Unbuilt is the part of the contract that a server has to fill in itself; embed
// it in one that does not offer everything, and what is missing is answered
// with 501.
type Unbuilt struct{}

var _ ServerInterface = Unbuilt{}

// GetProfile answers 501.
func (Unbuilt) GetProfile(w http.ResponseWriter, _ *http.Request) { Refuse(w, NotBuiltHere) }

// Enrol answers 501.
func (Unbuilt) Enrol(w http.ResponseWriter, _ *http.Request) { Refuse(w, NotBuiltHere) }

// PutReport answers 501.
func (Unbuilt) PutReport(w http.ResponseWriter, _ *http.Request, _ ID) { Refuse(w, NotBuiltHere) }

// PutHelpRequest answers 501.
func (Unbuilt) PutHelpRequest(w http.ResponseWriter, _ *http.Request, _ ID) {
	Refuse(w, NotBuiltHere)
}

// PutAcceptance answers 501.
func (Unbuilt) PutAcceptance(w http.ResponseWriter, _ *http.Request, _ ID) { Refuse(w, NotBuiltHere) }

// PutAttestation answers 501.
func (Unbuilt) PutAttestation(w http.ResponseWriter, _ *http.Request, _ ID) {
	Refuse(w, NotBuiltHere)
}

// PutHello answers 501.
func (Unbuilt) PutHello(w http.ResponseWriter, _ *http.Request, _ ID) { Refuse(w, NotBuiltHere) }

// GetReceipt answers 501.
func (Unbuilt) GetReceipt(w http.ResponseWriter, _ *http.Request, _ ID) { Refuse(w, NotBuiltHere) }

// GetTimetable answers 501.
func (Unbuilt) GetTimetable(w http.ResponseWriter, _ *http.Request) { Refuse(w, NotBuiltHere) }
