package dev.neostream.ops.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.neostream.ops.UserError;
import dev.neostream.ops.monitor.Metrics;
import dev.neostream.ops.monitor.Scrape;
import dev.neostream.ops.monitor.StatusSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchFolderTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** What Prometheus adds: to every series of a run, and as series of its own. */
  private static final Set<String> TARGET_LABELS = Set.of("run", "instance", "job");

  private static final Pattern SERIES =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\s*\\{[^}]*\\})?");

  /** Labels by family of a run of which everything is known. */
  private static Map<String, Set<String>> families;

  @TempDir Path folder;

  private Path out;

  @BeforeAll
  static void scrape() throws Exception {
    try (Metrics metrics =
        Metrics.serve(Metrics.Port.exactly(0), StatusSample::running, StatusSample::vitals)) {
      families = new TreeMap<>(Map.of("up", TARGET_LABELS));
      for (String sample : Scrape.of(metrics.port()).samples().keySet()) {
        Matcher series = SERIES.matcher(sample);
        assertTrue(series.find(), sample);
        families
            .computeIfAbsent(series.group(1), family -> new TreeSet<>(TARGET_LABELS))
            .addAll(labels(series.group(2)));
      }
    }
  }

  @BeforeEach
  void write() {
    out = folder.resolve("it's here");
    WatchFolder.write(out, List.of(folder.resolve("a run/prometheus.json"), Path.of("/b.json")));
  }

  private static List<String> labels(String selection) {
    var labels = new ArrayList<String>();
    Matcher label =
        Pattern.compile("([a-z_]+)\\s*(=~|!~|!=|=)").matcher(selection == null ? "" : selection);
    while (label.find()) {
      labels.add(label.group(1));
    }
    return labels;
  }

  /** Fails unless all that a query names is exposed. */
  private static void assertKnown(String query) {
    assertFalse(query.isBlank());
    Matcher grouping =
        Pattern.compile("(by|on|ignoring|without|group_left)\\s*\\(([^)]*)\\)").matcher(query);
    Set<String> grouped = new TreeSet<>();
    while (grouping.find()) {
      grouped.addAll(List.of(grouping.group(2).split("\\s*,\\s*")));
    }
    String rest =
        query
            .replaceAll("(by|on|ignoring|without|group_left)\\s*\\([^)]*\\)", " ")
            .replaceAll("\\[[^\\]]*\\]", " ")
            .replaceAll("offset \\w+", " ")
            .replaceAll("\\b[a-z_]+\\s*\\(", "(")
            .replaceAll("\\b(and|or|unless|group_left|Inf)\\b", " ")
            .replaceAll("\\b[0-9.]+\\b", " ");
    Matcher series = SERIES.matcher(rest);
    Set<String> carried = new TreeSet<>();
    int found = 0;
    while (series.find()) {
      Set<String> known = families.get(series.group(1));
      assertTrue(known != null, series.group(1) + " in " + query);
      assertTrue(known.containsAll(labels(series.group(2))), series.group() + " in " + query);
      carried.addAll(known);
      found++;
    }
    assertTrue(found > 0, query);
    assertTrue(carried.containsAll(grouped), grouped + " in " + query);
  }

  @Test
  void shouldNoticeAQueryOfWhatIsNotThere() {
    for (String wrong :
        List.of(
            "neo_train_step_total",
            "rate(neo_train_steps_total[5m]) / rate(neo_train_stepz_total[5m])",
            "neo_train_loss_nats{domain=\"code\"}",
            "sum by (url) (neo_train_tokens_total)",
            "1 + 2")) {
      assertThrows(AssertionError.class, () -> assertKnown(wrong), wrong);
    }
  }

  private List<JsonNode> dashboards() throws IOException {
    var all = new ArrayList<JsonNode>();
    try (Stream<Path> files = Files.list(out.resolve("grafana/dashboards"))) {
      for (Path file : files.sorted().toList()) {
        all.add(JSON.readTree(file.toFile()));
      }
    }
    return all;
  }

  @Test
  void shouldWriteFourDashboardsOfExplainedPanelsWithKnownQueries() throws Exception {
    List<String> uids = new ArrayList<>();
    for (JsonNode dashboard : dashboards()) {
      uids.add(dashboard.get("uid").asText());
      List<String> variables = dashboard.get("templating").get("list").findValuesAsText("name");
      assertEquals(List.of("run", "domain"), variables);
      Set<Integer> ids = new HashSet<>();
      Set<String> places = new HashSet<>();
      Set<String> titles = new HashSet<>();
      String queries = "";
      for (JsonNode panel : dashboard.get("panels")) {
        String title = panel.get("title").asText();
        assertTrue(ids.add(panel.get("id").asInt()), title);
        assertTrue(places.add(panel.get("gridPos").toString()), title);
        assertTrue(!title.isBlank() && titles.add(title), title);
        assertTrue(panel.get("description").asText().endsWith("."), title);
        assertFalse(panel.get("fieldConfig").get("defaults").get("unit").asText().isBlank(), title);
        assertFalse(panel.get("targets").isEmpty(), title);
        Set<String> references = new HashSet<>();
        for (JsonNode target : panel.get("targets")) {
          assertTrue(references.add(target.get("refId").asText()), title);
          queries += target.get("expr").asText();
          assertKnown(target.get("expr").asText());
          Matcher named =
              Pattern.compile("\\{\\{(\\w+)\\}\\}").matcher(target.get("legendFormat").asText());
          while (named.find()) {
            String label = named.group(1);
            assertTrue(families.values().stream().anyMatch(l -> l.contains(label)), title);
          }
        }
      }
      for (JsonNode mark : dashboard.get("annotations").get("list")) {
        assertKnown(mark.get("expr").asText());
      }
      // A variable that changes nothing would mislead.
      assertTrue(queries.contains("$run") && queries.contains("$domain"), uids.toString());
    }
    assertEquals(List.of("neo-mixture", "neo-pipeline", "neo-reliability", "neo-trainer"), uids);
  }

  @Test
  void shouldShowEveryFamilySomewhere() throws Exception {
    String queries = "";
    for (JsonNode dashboard : dashboards()) {
      queries += String.join(" ", dashboard.findValuesAsText("expr")) + " ";
    }
    queries += Files.readString(out.resolve("rules.yml"));

    for (String family : families.keySet()) {
      if (family.startsWith("neo_")) {
        assertTrue(queries.matches("(?s).*\\b" + family + "\\b.*"), family);
      }
    }
  }

  @Test
  void shouldSayOfEveryAlertWhatToDoAndTestIt() throws Exception {
    String tests = Files.readString(out.resolve("alerts-test.yml"));
    JsonNode rules =
        YAML.readTree(out.resolve("rules.yml").toFile()).get("groups").get(0).get("rules");
    Set<String> names = new TreeSet<>();

    for (JsonNode rule : rules) {
      String name = rule.get("alert").asText();
      assertTrue(names.add(name), name);
      assertKnown(rule.get("expr").asText());
      assertTrue(
          Set.of("critical", "warning").contains(rule.get("labels").get("severity").asText()),
          name);
      for (String annotation : List.of("summary", "description", "runbook")) {
        assertTrue(rule.get("annotations").get(annotation).asText().endsWith("."), name);
      }
      String asked = "'ALERTS{alertname=\"" + name + "\", alertstate=\"firing\"}'";
      long silent = tests.lines().filter(l -> l.contains(asked) && l.contains("[]")).count();
      long all = tests.lines().filter(l -> l.contains(asked)).count();
      assertTrue(silent > 0 && all > silent, name + " must be tested silent and firing");
    }
    assertEquals(17, names.size());
    for (JsonNode test : YAML.readTree(tests).get("tests")) {
      for (JsonNode series : test.get("input_series")) {
        assertKnown(series.get("series").asText());
      }
    }
  }

  @Test
  void shouldTellPrometheusAndGrafanaWhereThingsAre() throws Exception {
    JsonNode prometheus = YAML.readTree(out.resolve("prometheus.yml").toFile());
    JsonNode job = prometheus.get("scrape_configs").get(0);
    assertEquals("neo-stream", job.get("job_name").asText());
    JsonNode files = job.get("file_sd_configs").get(0).get("files");
    assertEquals(
        List.of(folder.resolve("a run/prometheus.json").toString(), "/b.json"),
        StreamSupport.stream(files.spliterator(), false).map(JsonNode::asText).toList());
    assertTrue(Files.exists(out.resolve(prometheus.get("rule_files").get(0).asText())));

    Path provisioning = out.resolve("grafana/provisioning");
    JsonNode provider =
        YAML.readTree(provisioning.resolve("dashboards/neo-stream.yml").toFile())
            .get("providers")
            .get(0);
    assertEquals(
        out.resolve("grafana/dashboards").toString(), provider.get("options").get("path").asText());
    JsonNode source =
        YAML.readTree(provisioning.resolve("datasources/neo-stream.yml").toFile())
            .get("datasources")
            .get(0);
    for (JsonNode dashboard : dashboards()) {
      assertEquals(
          Set.of(source.get("uid").asText()), Set.copyOf(sources(dashboard)), dashboard.toString());
    }
  }

  private static List<String> sources(JsonNode dashboard) {
    return dashboard.findValues("datasource").stream().map(s -> s.get("uid").asText()).toList();
  }

  @Test
  void shouldReplaceNothing() throws Exception {
    var full = assertThrows(UserError.class, () -> WatchFolder.write(out, List.of()));
    assertEquals(UserError.USAGE, full.exitCode());
    assertTrue(full.getMessage().contains("new or an empty folder: out=" + out));

    Path file = Files.writeString(folder.resolve("file"), "mine");
    var wrong = assertThrows(UserError.class, () -> WatchFolder.write(file, List.of()));
    assertTrue(wrong.getMessage().contains("must be a folder: out=" + file), wrong.getMessage());
    assertEquals("mine", Files.readString(file));

    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertEquals(9, WatchFolder.write(empty, List.of()).size());
  }

  @Test
  void shouldRefuseAPathThatIsAPattern() {
    Path other = folder.resolve("other");

    var refused =
        assertThrows(
            UserError.class,
            () -> WatchFolder.write(other, List.of(Path.of("/runs/[1]/prometheus.json"))));

    assertTrue(refused.getMessage().contains("path=/runs/[1]/prometheus.json"));
    assertFalse(Files.exists(other));
  }
}
