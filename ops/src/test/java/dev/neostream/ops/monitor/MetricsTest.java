package dev.neostream.ops.monitor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.account.CountBook;
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
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private static Status status(String problem) {
    return new Status(
        "running",
        problem,
        "",
        0,
        new Status.Ingest(100, 90, 10, 12_345, true),
        new TreeMap<>(
            Map.of(
                Stage.CLEAN, new CountBook.Counts(90, 60, 29, 0, 1, 0, 0, Map.of("en en.web", 60L)),
                Stage.DEDUP, new CountBook.Counts(60, 50, 1, 5, 4, 0, 0, Map.of()),
                Stage.TOKENIZE, new CountBook.Counts(50, 47, 0, 0, 3, 25_600, 100, Map.of()))),
        Map.of(),
        7,
        new Funnel.Tables(
            List.of(new Funnel.Kept("en", "en.web", 60)),
            List.of(new Funnel.Rejects(Stage.CLEAN, "gopher.word_count", "en", "en.web", 29))),
        List.of(new Status.ShadowCount("strict-1", "gopher.word_count", false, "en", 6)),
        Map.of("en.web", 98L, "code", 2L),
        new Status.Training(
            41,
            600,
            "decay",
            1e-3,
            4.5,
            1.25,
            6_800,
            0.1,
            Map.of("code", 4.25),
            Map.of("code", 1_024L),
            "ab"),
        new Status.Mixture(3, Map.of("code", 0.25), 20, Map.of("code", 10.5), Map.of("code", 10L)),
        new TreeMap<>(Map.of(19L, 7.0, 39L, 5.5)),
        39,
        "checkpoints/step-00000039");
  }

  private static Map<String, Double> scrape(int port) throws Exception {
    String page =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return page.lines()
        .filter(line -> line.startsWith("neo_"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
  }

  @Test
  void shouldServeTheValuesOfTheNewestStatus() throws Exception {
    var latest = new AtomicReference<>(status(""));
    try (Metrics metrics = Metrics.serve(0, latest::get)) {
      Map<String, Double> expected = new TreeMap<>();
      expected.put("neo_ingest_records_total", 100.0);
      expected.put("neo_ingest_documents_total", 90.0);
      expected.put("neo_ingest_payload_bytes_total", 12_345.0);
      for (var row :
          Map.of(
                  "read", List.of(90, 60, 50),
                  "emitted", List.of(60, 50, 47),
                  "rejected", List.of(29, 1, 0),
                  "duplicate", List.of(0, 5, 0))
              .entrySet()) {
        List<String> stages = List.of("clean", "dedup", "tokenize");
        for (int i = 0; i < stages.size(); i++) {
          expected.put(
              "neo_pipeline_documents_" + row.getKey() + "_total{stage=\"" + stages.get(i) + "\"}",
              row.getValue().get(i).doubleValue());
        }
      }
      expected.put("neo_pipeline_documents_held{stage=\"clean\"}", 1.0);
      expected.put("neo_pipeline_documents_held{stage=\"dedup\"}", 4.0);
      expected.put("neo_pipeline_documents_held{stage=\"tokenize\"}", 3.0);
      expected.put("neo_pipeline_ledger_balanced", 1.0);
      expected.put("neo_pipeline_checkpoint_id", 7.0);
      expected.put(
          "neo_pipeline_rejects_total{domain=\"en.web\",language=\"en\","
              + "reason=\"gopher.word_count\",stage=\"clean\"}",
          29.0);
      expected.put("neo_clean_documents_kept_total{domain=\"en.web\",language=\"en\"}", 60.0);
      expected.put(
          "neo_clean_shadow_differences_total{language=\"en\",profile=\"strict-1\","
              + "reason=\"gopher.word_count\",verdict=\"reject\"}",
          6.0);
      expected.put("neo_tokenize_blocks_total{domain=\"en.web\"}", 98.0);
      expected.put("neo_tokenize_blocks_total{domain=\"code\"}", 2.0);
      expected.put("neo_tokenize_tokens_total", 25_600.0);
      expected.put("neo_train_steps_total", 42.0);
      expected.put("neo_train_tokens_total{domain=\"code\"}", 1_024.0);
      expected.put("neo_train_loss_nats", 4.5);
      expected.put("neo_train_domain_loss_nats{domain=\"code\"}", 4.25);
      expected.put("neo_train_heldout_loss_nats", 5.5);
      expected.put("neo_train_learning_rate", 1e-3);
      expected.put("neo_train_gradient_norm", 1.25);
      expected.put("neo_train_tokens_per_second", 6_800.0);
      expected.put("neo_train_sync_ratio", 0.1);
      expected.put("neo_train_checkpoint_step", 39.0);
      expected.put("neo_mixture_plan_version", 3.0);
      expected.put("neo_mixture_weight_ratio{domain=\"code\"}", 0.25);
      expected.put("neo_mixture_rows_asked{domain=\"code\"}", 10.5);
      expected.put("neo_mixture_rows_delivered{domain=\"code\"}", 10.0);

      assertEquals(expected, new TreeMap<>(scrape(metrics.port())));

      latest.set(status("dedup must read what clean emitted: emitted=60, read=59"));

      assertEquals(0.0, scrape(metrics.port()).get("neo_pipeline_ledger_balanced"));
    }
  }

  @Test
  void shouldServeBeforeAnythingHasHappened() throws Exception {
    try (Metrics metrics = Metrics.serve(0, () -> Status.starting(600))) {
      Map<String, Double> page = scrape(metrics.port());

      assertEquals(0.0, page.get("neo_ingest_records_total"));
      assertEquals(0.0, page.get("neo_train_steps_total"));
      assertTrue(page.get("neo_train_loss_nats").isNaN());
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
    try (Metrics metrics = Metrics.serve(0, () -> Status.starting(600))) {
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
    try (Metrics metrics = Metrics.serve(0, () -> Status.starting(600), Duration.ofMillis(100))) {
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
    try (Metrics metrics = Metrics.serve(0, () -> Status.starting(600));
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
