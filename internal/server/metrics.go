package server

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Metrics count what happens, for Prometheus. docs/serve.md says what each is.
type Metrics struct {
	registry *prometheus.Registry
	syncs    *prometheus.CounterVec
	steps    *prometheus.HistogramVec
	checks   *prometheus.CounterVec
	rows     *prometheus.CounterVec
	moves    prometheus.Counter
	store    *prometheus.HistogramVec
	requests *prometheus.HistogramVec
}

// NewMetrics returns counters at zero.
func NewMetrics() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	seconds := func(name, help string, from float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(from, 4, 8)}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		syncs:    counter("slipway_syncs_total", "Syncs that ended, by their status.", "status"),
		steps:    seconds("slipway_sync_step_seconds", "How long the steps of syncs took.", 0.01, "step"),
		checks:   counter("slipway_checks_total", "Workflow files that syncs checked, by what they were found.", "outcome"),
		rows:     counter("slipway_releases_total", "Rows that this process appended to ledgers, by cause.", "cause"),
		moves:    prometheus.NewCounter(prometheus.CounterOpts{Name: "slipway_golives_total", Help: "Deployments that this process made live."}),
		store:    seconds("slipway_store_seconds", "How long operations of the store took.", 0.0001, "operation"),
		requests: seconds("slipway_http_request_seconds", "How long HTTP requests took, by operation and status.", 0.0005, "operation", "status"),
	}
	m.registry.MustRegister(m.syncs, m.steps, m.checks, m.rows, m.moves, m.store, m.requests,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Happened counts an event of the plane.
func (m *Metrics) Happened(e control.Event) {
	if e.Row != nil {
		m.rows.WithLabelValues(string(e.Row.Cause)).Inc()
		for _, c := range e.Row.Changes {
			if c.To != "" {
				m.moves.Inc()
			}
		}
	}
	if e.Sync == nil {
		return
	}
	m.syncs.WithLabelValues(string(e.Sync.Status)).Inc()
	m.checks.WithLabelValues("valid").Add(float64(e.Sync.Counts.Valid))
	m.checks.WithLabelValues("failed").Add(float64(e.Sync.Counts.Fail))
	for _, s := range e.Sync.Steps {
		m.steps.WithLabelValues(s.Step).Observe(s.Took.Seconds())
	}
}

// Stored counts an operation of the store.
func (m *Metrics) Stored(operation string, took time.Duration) {
	m.store.WithLabelValues(operation).Observe(took.Seconds())
}

// Answered counts an HTTP request; one for no operation has the name none.
func (m *Metrics) Answered(operation string, status int, took time.Duration) {
	if operation == "" {
		operation = "none"
	}
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Observe(took.Seconds())
}

// Overview is what the metrics of environments are read from.
type Overview interface {
	Environments(ctx context.Context) ([]control.EnvironmentView, error)
}

// Handler serves the metrics to whoever allow lets. What is live, held and
// waiting is read for it, at most every overviewEvery.
func (m *Metrics) Handler(o Overview, now func() time.Time, allow func(*http.Request) error) http.Handler {
	m.registry.MustRegister(&overview{from: o, now: now})
	inner := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := allow(r); err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="slipway"`)
			plain(w, http.StatusUnauthorized, "metrics take a token for all environments, unless they are read on this machine")
			return
		}
		inner.ServeHTTP(w, r)
	})
}

const (
	overviewEvery = 10 * time.Second
	overviewTime  = 5 * time.Second
)

// overview are the gauges of each environment, as they are when they are read.
type overview struct {
	from Overview
	now  func() time.Time

	mu   sync.Mutex
	at   time.Time
	last []control.EnvironmentView
}

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"environment"}, nil)
}

func liveDesc() *prometheus.Desc {
	return gauge("slipway_live_workflows", "Workflows with a live deployment.")
}

func heldDesc() *prometheus.Desc {
	return gauge("slipway_held_workflows", "Workflows that a hold keeps as they are.")
}

func frozenDesc() *prometheus.Desc {
	return gauge("slipway_frozen", "1 while the environment is frozen.")
}

func releaseDesc() *prometheus.Desc {
	return gauge("slipway_release", "The number of the newest release.")
}

func queueDesc() *prometheus.Desc {
	return gauge("slipway_sync_queue_age_seconds", "How long the sync that waits has waited, 0 if none does.")
}

// Describe implements prometheus.Collector.
func (o *overview) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{liveDesc(), heldDesc(), frozenDesc(), releaseDesc(), queueDesc()} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (o *overview) Collect(out chan<- prometheus.Metric) {
	set := func(d *prometheus.Desc, v float64, env string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, env)
	}
	now := o.now()
	for _, e := range o.read(now) {
		set(liveDesc(), float64(e.Live), e.Slug)
		set(heldDesc(), float64(e.Held), e.Slug)
		set(releaseDesc(), float64(e.Release), e.Slug)
		frozen, age := 0.0, 0.0
		if e.Freeze != nil {
			frozen = 1
		}
		if s := e.LastSync; s != nil && s.Status == slipway.SyncQueued {
			age = max(0, now.Sub(s.RequestedAt).Seconds())
		}
		set(frozenDesc(), frozen, e.Slug)
		set(queueDesc(), age, e.Slug)
	}
}

// read gives the environments, not older than overviewEvery unless the store does
// not answer: then they are left out.
func (o *overview) read(now time.Time) []control.EnvironmentView {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.at.IsZero() && now.Sub(o.at) < overviewEvery {
		return o.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), overviewTime)
	defer cancel()
	es, err := o.from.Environments(ctx)
	if err != nil {
		return nil
	}
	o.at, o.last = now, es
	return es
}
