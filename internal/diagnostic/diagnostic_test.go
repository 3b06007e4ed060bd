package diagnostic

import "testing"

func TestCutKeepsErrors(t *testing.T) {
	var ds []Diagnostic
	for i := range 60 {
		ds = append(ds, Diagnostic{Severity: Warning, Path: "a", Line: i + 1})
	}
	ds = append(ds, Diagnostic{Severity: Error, Path: "a", Line: 61})
	kept, left := Cut(ds, 50)
	if len(kept) != 50 || left != 11 || !HasError(kept) || kept[49].Line != 61 {
		t.Errorf("kept %d and left %d, last %+v", len(kept), left, kept[len(kept)-1])
	}
	if kept, left := Cut(ds[:3], 50); len(kept) != 3 || left != 0 {
		t.Errorf("kept %d and left %d of 3", len(kept), left)
	}
}

func TestOfRepository(t *testing.T) {
	for code, want := range map[Code]bool{ConfigMissing: true, NoWorkflows: true, NearMiss: true, SyntaxError: false, DuplicateID: false, NotChecked: false, "": false} {
		if code.OfRepository() != want {
			t.Errorf("%q is of the repository: %v", code, !want)
		}
	}
}
