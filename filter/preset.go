package filter

// A Preset is a level that suits an age: where a guardian starts from.
type Preset string

// The presets.
const (
	Under11  Preset = "under-11"
	From11   Preset = "11-15" // [DefaultLevel]
	From16   Preset = "16-plus"
	OwnLevel Preset = "own" // a level of the guardian's own making
)

// Presets lists the presets that have a level, from the youngest.
func Presets() []Preset { return []Preset{Under11, From11, From16} }

// Level returns the level of p; of [OwnLevel] the default.
func (p Preset) Level() Level {
	l := DefaultLevel()
	switch p {
	case Under11:
		// Social media and chat ask for an age of 13; under 11 the rest is for a
		// grown-up to open.
		l.Closed |= CategoriesOf(SocialMedia, Messaging, GenerativeAI, Misinformation)
		l.ClosedInLessons = CategoriesOf(Games, Streaming, Shopping)
	case From16:
		l.ClosedInLessons = CategoriesOf(SocialMedia, Messaging, Games, Streaming)
		l.YouTube = YouTubeModerate
	}
	return l
}

// GuardianLevel is the level of guardians' own accounts for whom only harmful
// sites are to be closed: that of [From16], with nothing more in lessons.
func GuardianLevel() Level {
	l := From16.Level()
	l.ClosedInLessons = 0
	return l
}

// PresetOf returns the preset whose level is l, or [OwnLevel].
func PresetOf(l Level) Preset {
	for _, p := range Presets() {
		if p.Level() == l {
			return p
		}
	}
	return OwnLevel
}

// Closing is when a category is closed.
type Closing string

// The times a category can be closed.
const (
	ClosedAlways    Closing = "always"
	ClosedInLessons Closing = "lessons"
	NeverClosed     Closing = "never"
)

// Closing returns when l closes c.
func (l Level) Closing(c Category) Closing {
	switch {
	case l.Closed.Has(c):
		return ClosedAlways
	case l.ClosedInLessons.Has(c):
		return ClosedInLessons
	}
	return NeverClosed
}

// Close returns l with c closed at another time.
func (l Level) Close(c Category, when Closing) Level {
	one := CategoriesOf(c)
	l.Closed, l.ClosedInLessons = l.Closed&^one, l.ClosedInLessons&^one
	switch when {
	case ClosedAlways:
		l.Closed |= one
	case ClosedInLessons:
		l.ClosedInLessons |= one
	}
	return l
}
