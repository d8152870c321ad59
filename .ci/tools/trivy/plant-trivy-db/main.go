// Command plant-trivy-db writes a vulnerability database for Trivy from a JSON list of advisories on stdin.
//
// It stands in for the published database where none can be fetched: the format is Trivy's own, written by Trivy's
// own library, and holds the named advisories alone.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	bolt "go.etcd.io/bbolt"
)

// advisory is one vulnerable package.
type advisory struct {
	ID       string // such as CVE-2021-3177
	Package  string
	Severity string // CRITICAL, HIGH, MEDIUM, LOW
	Title    string
	Bucket   string         // "debian 12", or "pip::ghsa" for Python packages
	Source   types.SourceID // "debian", or "ghsa"
	Fixed    string         // the first version without the flaw
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "plant-trivy-db:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: plant-trivy-db CACHE/db < advisories.json")
	}
	var advisories []advisory
	in := json.NewDecoder(os.Stdin)
	in.DisallowUnknownFields()
	if err := in.Decode(&advisories); err != nil {
		return fmt.Errorf("stdin is no list of advisories: %w", err)
	}
	folder := os.Args[1]
	if err := db.Init(folder); err != nil {
		return err
	}
	database := db.Config{}
	err := database.BatchUpdate(func(tx *bolt.Tx) error {
		for _, a := range advisories {
			if err := plant(tx, database, a); err != nil {
				return fmt.Errorf("%s: %w", a.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	now := time.Now().UTC()
	// Never due: Trivy must not look for a newer one.
	return metadata.NewClient(folder).Update(metadata.Metadata{
		Version: db.SchemaVersion, UpdatedAt: now, DownloadedAt: now, NextUpdate: now.AddDate(100, 0, 0),
	})
}

func plant(tx *bolt.Tx, database db.Config, a advisory) error {
	severity, err := types.NewSeverity(a.Severity)
	if err != nil {
		return err
	}
	detail := types.Advisory{FixedVersion: a.Fixed}
	if a.Source == "ghsa" { // packages of a language name ranges, packages of a system name the fix
		detail = types.Advisory{PatchedVersions: []string{a.Fixed}, VulnerableVersions: []string{"<" + a.Fixed}}
	}
	vulnerability := types.Vulnerability{
		Title: a.Title, Severity: a.Severity, VendorSeverity: types.VendorSeverity{a.Source: severity},
	}
	return errors.Join(
		database.PutDataSource(tx, a.Bucket, types.DataSource{ID: a.Source, Name: string(a.Source)}),
		database.PutAdvisoryDetail(tx, a.ID, a.Package, []string{a.Bucket}, &detail),
		database.SaveAdvisoryDetails(tx, a.ID),
		database.PutVulnerability(tx, a.ID, vulnerability),
		database.PutVulnerabilityID(tx, a.ID),
	)
}
