/** What Prometheus and Grafana need to watch runs: dashboards, alerts, and where to find both. */
package dev.neostream.ops.dashboard;
