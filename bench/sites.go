package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// manySites is how many sites a hosting vendor may have on one machine, and
// manyPolicies how many of their policies are different.
const (
	manySites    = 500
	manyPolicies = 20
)

// farm is a configuration of several sites.
type farm struct {
	name  string
	sites []variant
}

// figures are what one start and one reload of a farm take.
type figures struct {
	start, reload  took
	idle, reloaded float64 // MB resident, after either
}

// took is a time that somebody waits, and the CPU time of the server in it.
type took struct{ wall, cpu time.Duration }

// targets are what the figures of many sites should stay under.
const targets = "| target | | 5 s | | 1 s | | 400 | |"

// sites measures start, reload and memory.
func (s *stand) sites(o options) error {
	info, err := os.Stat(o.lachan)
	if err != nil {
		return err
	}
	fmt.Printf("\nThe binary is %.1f MB.\n\n", float64(info.Size())/1e6)
	fmt.Println("| sites | policies | start | of it CPU | reload | of it CPU | MB when idle | after the reload |")
	fmt.Println("|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, f := range []farm{{"one", sitesOf(1, 1)}, {"alike", sitesOf(manySites, 1)}, {"mixed", sitesOf(manySites, manyPolicies)}} {
		var measured []figures
		for round := range o.rounds {
			progress("%d sites, round %d of %d", len(f.sites), round+1, o.rounds)
			x, err := s.farm(f, round, o.lachan)
			if err != nil {
				return fmt.Errorf("%d sites: %w", len(f.sites), err)
			}
			measured = append(measured, x)
		}
		progress("")
		printFarm(f, measured)
	}
	fmt.Println(targets)
	return nil
}

func printFarm(f farm, measured []figures) {
	of := func(value func(figures) float64) float64 { return median(measured, value) }
	fmt.Printf("| %d | %d | %.2f s | %.2f s | %.2f s | %.2f s | %.0f | %.0f |\n", len(f.sites), countPolicies(f.sites),
		of(func(x figures) float64 { return x.start.wall.Seconds() }), of(func(x figures) float64 { return x.start.cpu.Seconds() }),
		of(func(x figures) float64 { return x.reload.wall.Seconds() }), of(func(x figures) float64 { return x.reload.cpu.Seconds() }),
		of(func(x figures) float64 { return x.idle }), of(func(x figures) float64 { return x.reloaded }))
}

// sitesOf is n sites that take turns with the first of the policies.
func sitesOf(n, policies int) []variant {
	sites := make([]variant, n)
	for i := range sites {
		sites[i] = variant{fmt.Sprint("site", i), policy(i % policies)}
	}
	return sites
}

func countPolicies(sites []variant) int {
	distinct := map[string]bool{}
	for _, v := range sites {
		distinct[v.policy] = true
	}
	return len(distinct)
}

// exclusions are what administrators of portals ask for.
var exclusions = []string{
	"",
	"{rule: 942100, path: /tim-kiem, target: ARGS:q}",
	"{rule: 941100, path: /admin/*, target: ARGS:content}",
	"{rule: 932160, path: /admin/*, target: ARGS:content}, {rule: 930120, path: /admin/*, target: ARGS:file}",
	"{rule: 920420, path: /api/*}",
}

// policy is one of manyPolicies: both paranoia levels of public sites, both
// profiles, and each list of exclusions.
func policy(i int) string {
	profiles := []string{"generic", "wordpress"}
	return fmt.Sprintf("profile: %s, waf: {mode: block, paranoia: %d, exclude: [%s]}, response: {mode: clean}",
		profiles[i/2%2], 1+i%2, exclusions[i/4%len(exclusions)])
}

// changed is a policy that no site has had: its rules are compiled anew. The
// threshold shows from outside that it is in force.
const changed = "waf: {mode: block, paranoia: 2, inbound_threshold: 1000, exclude: [{rule: 942100, path: /lien-he, target: ARGS:message}]}, response: {mode: clean}"

// farm measures one start, until the last site answers, and one reload, from the
// signal until the site that was changed answers by its new policy.
func (s *stand) farm(f farm, round int, binary string) (x figures, err error) {
	address, err := freeAddress()
	if err != nil {
		return x, err
	}
	config, err := s.config(fmt.Sprint(f.name, round), address, f.sites)
	if err != nil {
		return x, err
	}
	last := f.sites[len(f.sites)-1].name
	begin := time.Now()
	cmd, err := s.lachan(binary, config, address, last+".example")
	if err != nil {
		return x, err
	}
	defer stop(cmd)
	x.start.wall = time.Since(begin)
	if x.start.cpu, err = cpuTime(cmd.Process.Pid); err != nil {
		return x, err
	}
	if x.idle, err = idleMB(cmd.Process.Pid); err != nil {
		return x, err
	}
	attack := func(want int) error { return answersAttack(address, last+".example", want) }
	if err := attack(http.StatusForbidden); err != nil {
		return x, err
	}
	if err := s.writeSite(filepath.Dir(config), variant{last, changed}); err != nil {
		return x, err
	}
	if x.reload, err = reload(cmd, func() error { return attack(http.StatusOK) }); err != nil {
		return x, err
	}
	x.reloaded, err = idleMB(cmd.Process.Pid)
	return x, err
}

func reload(cmd *exec.Cmd, inForce func() error) (t took, err error) {
	before, err := cpuTime(cmd.Process.Pid)
	if err != nil {
		return t, err
	}
	begin := time.Now()
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		return t, err
	}
	if err := await(cmd, inForce); err != nil {
		return t, err
	}
	t.wall = time.Since(begin)
	after, err := cpuTime(cmd.Process.Pid)
	t.cpu = after - before
	return t, err
}

func answersAttack(address, host string, want int) error {
	status, err := get("http://"+address+"/5kB.html?file=../../../../etc/passwd", host)
	if err == nil && status != want {
		err = fmt.Errorf("an attack is answered by %d, want %d", status, want)
	}
	return err
}

// idleMB is what a process holds once what its work left is collected.
func idleMB(pid int) (float64, error) {
	time.Sleep(2 * time.Second)
	kB, err := residentKB(pid)
	return float64(kB) / 1024, err
}
