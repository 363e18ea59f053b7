package dev.neostream.ops.dashboard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A panel of a Grafana dashboard.
 *
 * @param kind Grafana's name of it: timeseries, stat, bargauge
 * @param unit Grafana's name of it, such as {@code s}, {@code bytes}, {@code percentunit}, or
 *     {@code suffix: docs/s}
 * @param description what it shows and what is remarkable in it
 */
record Panel(String title, String kind, String unit, String description, List<Query> queries) {

  private static final Map<String, Object> LAST =
      Map.of("calcs", List.of("lastNotNull"), "values", false);

  /**
   * A curve or several.
   *
   * @param expression in PromQL; {@code $run} and {@code $domain} are what the user has chosen
   * @param legend name of a curve, labels as {@code {{stage}}}
   */
  record Query(String expression, String legend) {}

  /** Returns a panel of curves over time, without any yet. */
  static Panel curves(String title, String unit, String description) {
    return new Panel(title, "timeseries", unit, description, List.of());
  }

  /** Returns a panel of newest values, without any yet. */
  static Panel values(String title, String unit, String description) {
    return new Panel(title, "stat", unit, description, List.of());
  }

  /** Returns a panel of bars, without any yet. */
  static Panel bars(String title, String unit, String description) {
    return new Panel(title, "bargauge", unit, description, List.of());
  }

  /** Returns the panel with one more query. */
  Panel with(String expression, String legend) {
    var all = new ArrayList<>(queries);
    all.add(new Query(expression, legend));
    return new Panel(title, kind, unit, description, all);
  }

  /**
   * Returns what Grafana reads.
   *
   * @param id number in its dashboard, from 1
   * @param place where it stands
   */
  Map<String, Object> json(int id, Map<String, Object> place) {
    var targets = new ArrayList<Object>();
    for (Query query : queries) {
      var target = new LinkedHashMap<String, Object>();
      target.put("refId", String.valueOf((char) ('A' + targets.size())));
      target.put("datasource", Dashboard.SOURCE);
      target.put("expr", query.expression);
      target.put("legendFormat", query.legend);
      if (kind.equals("bargauge")) {
        target.put("instant", true);
      }
      targets.add(target);
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("id", id);
    json.put("type", kind);
    json.put("title", title);
    json.put("description", description);
    json.put("datasource", Dashboard.SOURCE);
    json.put("gridPos", place);
    json.put(
        "fieldConfig",
        Map.of("defaults", Map.of("unit", unit, "noValue", "-"), "overrides", List.of()));
    json.put("options", options());
    json.put("targets", targets);
    return json;
  }

  private Map<String, Object> options() {
    return switch (kind) {
      case "timeseries" ->
          Map.of(
              "tooltip", Map.of("mode", "multi", "sort", "desc"),
              "legend", Map.of("displayMode", "list", "placement", "bottom", "showLegend", true));
      case "bargauge" ->
          Map.of("orientation", "horizontal", "displayMode", "basic", "reduceOptions", LAST);
      default -> Map.of("textMode", "value_and_name", "colorMode", "none", "reduceOptions", LAST);
    };
  }
}
