package dev.neostream.ops.dashboard;

import dev.neostream.ops.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Grafana dashboard: panels two in a row, all with the same variables ({@code run} and {@code
 * domain}) and the same marks for changes of plan, checkpoints and restarts.
 *
 * @param name file name and stable id
 */
record Dashboard(String name, String title, String description, List<Panel> panels) {

  static final Map<String, Object> SOURCE = Map.of("type", "prometheus", "uid", "neo-stream");

  /** Grafana 10 and newer read it and bring it up to their own. */
  private static final int SCHEMA_VERSION = 38;

  private static final int WIDTH = 12;
  private static final int HEIGHT = 8;

  /** Returns what Grafana reads. */
  String json() {
    var placed = new ArrayList<Object>();
    for (Panel panel : panels) {
      int index = placed.size();
      var place = new LinkedHashMap<String, Object>();
      place.put("x", index % 2 * WIDTH);
      place.put("y", index / 2 * HEIGHT);
      place.put("w", WIDTH);
      place.put("h", HEIGHT);
      placed.add(panel.json(index + 1, place));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("uid", "neo-" + name);
    json.put("title", "Neo Stream: " + title);
    json.put("description", description);
    json.put("tags", List.of("neo-stream"));
    json.put("schemaVersion", SCHEMA_VERSION);
    json.put("editable", true);
    json.put("graphTooltip", 1);
    json.put("refresh", "5s");
    json.put("time", Map.of("from", "now-30m", "to", "now"));
    json.put(
        "templating",
        Map.of(
            "list",
            List.of(
                variable("run", "Run", "label_values(neo_run_state, run)"),
                variable(
                    "domain",
                    "Domain",
                    "label_values(neo_tokenize_blocks_total{run=~\"$run\"}, domain)"))));
    json.put(
        "annotations",
        Map.of(
            "list",
            List.of(
                mark("Plan", "changes(neo_mixture_plan_version{run=~\"$run\"}[15s]) > 0", "purple"),
                mark(
                    "Checkpoint",
                    "changes(neo_train_checkpoint_step{run=~\"$run\"}[15s]) > 0",
                    "green"),
                mark(
                    "Restart",
                    "changes(neo_train_restarts_total{run=~\"$run\"}[15s]) > 0",
                    "red"))));
    json.put("panels", placed);
    return Json.of(json);
  }

  private static Map<String, Object> variable(String name, String label, String query) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", name);
    json.put("label", label);
    json.put("type", "query");
    json.put("datasource", SOURCE);
    json.put("definition", query);
    json.put("query", Map.of("query", query, "refId", name));
    // Asked again whenever the time range changes: runs come and go.
    json.put("refresh", 2);
    json.put("sort", 1);
    json.put("multi", true);
    json.put("includeAll", true);
    json.put("allValue", ".*");
    json.put("current", Map.of("selected", true, "text", "All", "value", "$__all"));
    return json;
  }

  private static Map<String, Object> mark(String name, String expression, String colour) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", name);
    json.put("datasource", SOURCE);
    json.put("enable", true);
    json.put("iconColor", colour);
    json.put("expr", expression);
    json.put("step", "15s");
    json.put("titleFormat", name);
    json.put("textFormat", "{{run}}");
    return json;
  }
}
