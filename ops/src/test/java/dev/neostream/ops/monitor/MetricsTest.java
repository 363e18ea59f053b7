package dev.neostream.ops.monitor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import dev.neostream.ops.account.Funnel;
import dev.neostream.schemas.Stage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private static final Metrics.Port ANY = Metrics.Port.exactly(0);

  private static final String STAGE =
      "neo_(run|ingest|pipeline|clean|dedup|tokenize|mixture|train|eval|kafka|flink|rank)_";

  /** Words before the unit, which may itself be the noun. */
  private static final String NOUN = "([a-z]+_){0,3}";

  private static Map<String, Double> expected() {
    Map<String, Double> expected = new TreeMap<>();
    for (String state : List.of("starting", "running", "complete", "stopped", "failed")) {
      expected.put("neo_run_state{state=\"" + state + "\"}", state.equals("running") ? 1.0 : 0.0);
    }
    expected.put("neo_run_status_timestamp_seconds", 1_700_000_000.25);
    expected.put("neo_run_disk_free_bytes", 5.0 * (1L << 30));
    expected.put("neo_ingest_records_total", 100.0);
    expected.put("neo_ingest_documents_total", 88.0);
    expected.put("neo_ingest_rejected_records_total", 12.0);
    expected.put("neo_ingest_payload_bytes_total", 12_345.0);
    expected.put("neo_ingest_open_inputs", 4.0);
    for (var row :
        Map.of(
                "read_documents_total", List.of(90, 61, 51),
                "emitted_documents_total", List.of(60, 50, 47),
                "rejected_documents_total", List.of(29, 2, 0),
                "duplicate_documents_total", List.of(0, 5, 0),
                "held_documents", List.of(1, 4, 3))
            .entrySet()) {
      List<String> stages = List.of("clean", "dedup", "tokenize");
      for (int i = 0; i < stages.size(); i++) {
        expected.put(
            "neo_pipeline_" + row.getKey() + "{stage=\"" + stages.get(i) + "\"}",
            row.getValue().get(i).doubleValue());
      }
    }
    expected.put("neo_pipeline_ledger_balanced", 1.0);
    expected.put("neo_pipeline_checkpoint_id", 7.0);
    expected.put(
        "neo_pipeline_rejects_total{domain=\"en.web\",language=\"en\","
            + "reason=\"gopher.word_count\",stage=\"clean\"}",
        29.0);
    expected.put("neo_clean_kept_documents_total{domain=\"en.web\",language=\"en\"}", 60.0);
    expected.put(
        "neo_clean_shadow_differences_total{language=\"en\",profile=\"strict-1\","
            + "reason=\"gopher.word_count\",verdict=\"reject\"}",
        6.0);
    expected.put("neo_dedup_duplicates_total{rule=\"exact\"}", 8.0);
    expected.put("neo_dedup_duplicates_total{rule=\"minhash\"}", 9.0);
    expected.put("neo_tokenize_blocks_total{domain=\"en.web\"}", 98.0);
    expected.put("neo_tokenize_blocks_total{domain=\"code\"}", 11.0);
    expected.put("neo_tokenize_tokens_total", 25_600.0);
    expected.put("neo_pipeline_lag_records{topic=\"raw.documents\"}", 13.0);
    expected.put("neo_pipeline_lag_records{topic=\"token.index\"}", 14.0);
    expected.put("neo_pipeline_lag_records{topic=\"train.batches\"}", 15.0);
    expected.put("neo_tokenize_freshness_seconds", 2.5);
    expected.put("neo_train_freshness_seconds", 6.5);
    expected.put("neo_train_steps_total", 42.0);
    expected.put("neo_train_planned_steps", 600.0);
    expected.put("neo_train_tokens_total{domain=\"code\"}", 1_024.0);
    expected.put("neo_train_step_seconds_total", 33.5);
    expected.put("neo_train_sync_seconds_total", 3.25);
    expected.put("neo_train_checkpoint_seconds_total", 1.75);
    expected.put("neo_train_step_timestamp_seconds", 1_700_000_000.125);
    expected.put("neo_train_loss_nats", 4.5);
    expected.put("neo_train_domain_loss_nats{domain=\"code\"}", 4.25);
    expected.put("neo_train_heldout_loss_nats", 5.5);
    expected.put("neo_train_domain_heldout_loss_nats{domain=\"code\"}", 5.75);
    expected.put("neo_eval_score_value{metric=\"acc\",task=\"blimp\"}", 0.5625);
    expected.put("neo_eval_chance_value{metric=\"acc\",task=\"blimp\"}", 0.5);
    expected.put("neo_train_learning_rate", 1e-3);
    expected.put("neo_train_gradient_norm", 1.25);
    expected.put("neo_train_checkpoint_step", 39.0);
    expected.put("neo_train_checkpoint_timestamp_seconds", 1_699_999_999.5);
    expected.put("neo_train_restarts_total", 2.0);
    expected.put("neo_train_stalled{cause=\"tokens\"}", 0.0);
    expected.put("neo_train_stalled{cause=\"unknown\"}", 0.0);
    expected.put("neo_mixture_plan_version", 3.0);
    expected.put("neo_mixture_weight_ratio{domain=\"code\"}", 0.25);
    expected.put("neo_mixture_asked_rows{domain=\"code\"}", 10.5);
    expected.put("neo_mixture_delivered_rows{domain=\"code\"}", 10.0);
    for (var topic :
        Map.of(
                "raw.documents", List.of(1_001.0, 1_002.0, 1_003.0),
                "tokens.code", List.of(1_004.0, 1_005.0, 1_006.0))
            .entrySet()) {
      String label = "{topic=\"" + topic.getKey() + "\"}";
      expected.put("neo_kafka_written_bytes_total" + label, topic.getValue().get(0));
      expected.put("neo_kafka_read_bytes_total" + label, topic.getValue().get(1));
      expected.put("neo_kafka_log_bytes" + label, topic.getValue().get(2));
    }
    expected.put("neo_kafka_requests_total", 1_007.0);
    expected.put("neo_kafka_under_replicated_partitions", 1_008.0);
    expected.put("neo_flink_checkpoints_total{result=\"completed\"}", 1_009.0);
    expected.put("neo_flink_checkpoints_total{result=\"failed\"}", 1_010.0);
    expected.put("neo_flink_checkpoint_seconds", 0.75);
    expected.put("neo_flink_checkpoint_pause_seconds", 0.125);
    expected.put("neo_flink_state_bytes", 1_011.0);
    expected.put("neo_flink_checkpointed_bytes", 1_012.0);
    // Of the other rank the system tells nothing.
    expected.put("neo_rank_resident_bytes{rank=\"0\"}", 1_013.0);
    expected.put("neo_rank_cpu_seconds_total{rank=\"0\"}", 8.5);
    return expected;
  }

  @Test
  void shouldServeTheValuesOfTheNewestStatus() throws Exception {
    var latest = new AtomicReference<>(StatusSample.running());
    try (Metrics metrics = Metrics.serve(ANY, latest::get, StatusSample::vitals)) {
      Map<String, Double> expected = expected();

      assertEquals(expected, Scrape.of(metrics.port()).own());

      latest.set(
          StatusSample.with(
              "dedup must read what clean emitted: emitted=60, read=59",
              Status.TOKENS,
              latest.get().funnel()));

      expected.put("neo_pipeline_ledger_balanced", 0.0);
      expected.put("neo_train_stalled{cause=\"tokens\"}", 1.0);
      assertEquals(expected, Scrape.of(metrics.port()).own());
    }
  }

  @Test
  void shouldServeBeforeAnythingHasHappened() throws Exception {
    try (Metrics metrics = Metrics.serve(ANY, () -> Status.starting(600), () -> Vitals.NONE)) {
      Map<String, Double> page = Scrape.of(metrics.port()).own();

      assertEquals(1.0, page.get("neo_run_state{state=\"starting\"}"));
      assertEquals(0.0, page.get("neo_ingest_records_total"));
      assertEquals(0.0, page.get("neo_train_steps_total"));
      for (String unknown :
          List.of(
              "neo_train_loss_nats",
              "neo_train_learning_rate",
              "neo_tokenize_freshness_seconds",
              "neo_train_freshness_seconds",
              "neo_kafka_requests_total",
              "neo_flink_state_bytes",
              "neo_train_step_timestamp_seconds",
              "neo_train_checkpoint_step",
              "neo_train_checkpoint_timestamp_seconds",
              "neo_run_disk_free_bytes")) {
        assertFalse(page.containsKey(unknown), unknown);
      }
    }
  }

  @Test
  void shouldShowALossThatIsNoNumber() throws Exception {
    try (Metrics metrics =
        Metrics.serve(ANY, () -> StatusSample.losing(Double.NaN), StatusSample::vitals)) {
      assertTrue(Scrape.of(metrics.port()).own().get("neo_train_loss_nats").isNaN());
    }
  }

  @Test
  void shouldNameEveryFamilyByTheSchemeAndExplainIt() throws Exception {
    try (Metrics metrics = Metrics.serve(ANY, StatusSample::running, StatusSample::vitals)) {
      Scrape page = Scrape.of(metrics.port());

      assertEquals(page.type().keySet(), page.help().keySet());
      page.help().forEach((name, help) -> assertFalse(help.isBlank(), name));
      page.type()
          .forEach(
              (name, type) -> {
                if (!name.matches("(jvm|process)_.*")) {
                  assertTrue(
                      name.matches(
                          type.equals("counter")
                              ? STAGE
                                  + NOUN
                                  + "(records|documents|bytes|rejects|differences|"
                                  + "duplicates|blocks|tokens|steps|seconds|restarts|requests|checkpoints)_total"
                              : STAGE
                                  + NOUN
                                  + "(inputs|documents|bytes|steps|step|rows|nats|ratio|seconds|"
                                  + "records|id|version|state|rate|norm|balanced|stalled|partitions|value)"),
                      type + " " + name);
                  assertTrue(page.help().get(name).endsWith("."), name);
                }
              });
    }
  }

  @Test
  void shouldKeepLabelsBoundedWhateverTheInputsName() throws Exception {
    var funnel = new Funnel();
    for (int i = 0; i < 1_000; i++) {
      funnel.keep("en", "site-" + i + ".example");
      funnel.reject(Stage.CLEAN, "gopher.word_count", "en", "other-" + i + ".example");
    }
    try (Metrics metrics =
        Metrics.serve(
            ANY, () -> StatusSample.with("", "", funnel.tables()), StatusSample::vitals)) {
      Map<String, Set<String>> values = new TreeMap<>();
      Matcher label =
          Pattern.compile("([a-z_]+)=\"([^\"]*)\"")
              .matcher(String.join("\n", Scrape.of(metrics.port()).own().keySet()));
      while (label.find()) {
        values.computeIfAbsent(label.group(1), name -> new TreeSet<>()).add(label.group(2));
      }

      assertEquals(
          Set.of(
              "state",
              "stage",
              "rule",
              "reason",
              "language",
              "domain",
              "profile",
              "verdict",
              "topic",
              "result",
              "rank",
              "task",
              "metric",
              "cause"),
          values.keySet());
      // A hundred that came first, those of the run, and "other" for the rest.
      assertTrue(values.get("domain").contains("other"));
      assertEquals(103, values.get("domain").size());
    }
  }

  @Test
  void shouldTakeTheStandardPortOrAnother() throws Exception {
    assertEquals(new Metrics.Port(9464, true), Metrics.Port.STANDARD);
    try (Metrics first = Metrics.serve(ANY, StatusSample::running, StatusSample::vitals);
        Metrics second =
            Metrics.serve(
                new Metrics.Port(first.port(), true),
                StatusSample::running,
                StatusSample::vitals)) {
      assertNotEquals(first.port(), second.port());
      assertEquals(expected(), Scrape.of(second.port()).own());

      Metrics.Port same = Metrics.Port.exactly(first.port());
      var refused =
          assertThrows(
              UserError.class,
              () -> Metrics.serve(same, StatusSample::running, StatusSample::vitals));

      assertTrue(refused.getMessage().contains("port=" + first.port()), refused.getMessage());
    }
  }

  @Test
  void shouldRefuseWhatIsNoPort() {
    for (int port : new int[] {-1, 65_536, 99_999}) {
      var refused = assertThrows(IllegalArgumentException.class, () -> Metrics.Port.exactly(port));

      assertEquals("the metrics port must be 0 to 65535: port=" + port, refused.getMessage());
    }
  }

  private static HttpResponse<String> ask(Metrics metrics, String method, String target)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metrics.port() + target))
                .timeout(Duration.ofMinutes(1))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void shouldServeNothingElse() throws Exception {
    try (Metrics metrics = Metrics.serve(ANY, () -> Status.starting(600), () -> Vitals.NONE)) {
      for (String target : List.of("/", "/-/healthy", "/metrics/", "/metricsx", "/metrics/../x")) {
        assertEquals(404, ask(metrics, "GET", target).statusCode(), target);
      }
      for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "get")) {
        assertEquals(405, ask(metrics, method, "/metrics").statusCode(), method);
      }
      HttpResponse<String> page = ask(metrics, "GET", "/metrics?any=thing");
      assertEquals(200, page.statusCode());
      HttpResponse<String> head = ask(metrics, "HEAD", "/metrics");
      assertEquals(200, head.statusCode());
      assertEquals("", head.body());
      assertEquals(
          page.headers().firstValue("Content-Type"), head.headers().firstValue("Content-Type"));
    }
  }

  @Test
  void shouldAnswerThoughOthersNeverEndTheirRequests() throws Exception {
    try (Metrics metrics =
        Metrics.serve(ANY, () -> Status.starting(600), () -> Vitals.NONE, Duration.ofMillis(100))) {
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), metrics.port());
        socket.getOutputStream().write("GET /metrics HT".getBytes(US_ASCII));
        slow.add(socket);
      }

      assertEquals(200, ask(metrics, "GET", "/metrics").statusCode());
      for (Socket socket : slow) {
        // Each has come to its end by then, or comes to it: nobody keeps a connection open.
        assertEquals(0, readToEnd(socket));
        socket.close();
      }
    }
  }

  @Test
  void shouldNotTakeARequestWithoutEnd() throws Exception {
    try (Metrics metrics = Metrics.serve(ANY, () -> Status.starting(600), () -> Vitals.NONE);
        var socket = new Socket(InetAddress.getLoopbackAddress(), metrics.port())) {
      socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nX: ".getBytes(US_ASCII));
      socket.getOutputStream().write(new byte[8 << 10]);

      assertEquals(
          "HTTP/1.1 400 Bad Request",
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine());
    }
  }

  private static int readToEnd(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (IOException reset) {
      return 0;
    }
  }
}
