package lists

// Canonical is canonical, whose equality with filter.ParseName is tested.
var Canonical = canonical
