package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import dev.neostream.ops.monitor.Metrics;
import dev.neostream.ops.monitor.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engines show to the network. */
class EmbeddedEnginesTest {

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static EmbeddedFlink flink;
  private static Metrics metrics;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    flink =
        EmbeddedFlink.start(folder.resolve("checkpoints"), folder, 2, Duration.ofSeconds(1), 512);
    metrics = Metrics.serve(0, () -> Status.starting(10));
  }

  @AfterAll
  static void stop() throws IOException {
    metrics.close();
    flink.close();
    broker.close();
  }

  @Test
  void shouldListenOnLoopbackOnly() throws IOException {
    List<String> addresses = ListeningSockets.of(ProcessHandle.current().pid());

    assertTrue(addresses.size() >= 4, addresses.toString());
    assertEquals(
        List.of(), addresses.stream().filter(a -> !ListeningSockets.isLoopback(a)).toList());
  }

  @Test
  void shouldRefuseToTakeCodeOverFlinksRest() throws Exception {
    URI upload = flink.restAddress().resolve("/jars/upload");

    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(upload)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "--x\r\nContent-Disposition: form-data; name=\"jarfile\";"
                            + " filename=\"a.jar\"\r\n\r\nPK\r\n--x--\r\n"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> overview =
        http.send(
            HttpRequest.newBuilder(flink.restAddress().resolve("/overview")).build(),
            HttpResponse.BodyHandlers.ofString());

    assertEquals(200, overview.statusCode());
    assertTrue(answer.statusCode() >= 400, answer.statusCode() + " " + answer.body());
  }

  @Test
  void shouldServeOneNamingSchemeOnMetrics() throws Exception {
    String body =
        http.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + metrics.port() + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();

    List<String> own =
        body.lines().filter(line -> !line.startsWith("#") && !line.startsWith("jvm_")).toList();

    assertFalse(own.isEmpty());
    assertEquals(
        List.of(),
        own.stream()
            .filter(
                line ->
                    !line.matches(
                        "(neo_(ingest|pipeline|tokenize|train|mixture)_|process_)[a-z_]+.*"))
            .toList());
  }

  @Test
  void shouldSayWhichPortIsTaken() {
    var mistake =
        assertThrows(
            UserError.class, () -> Metrics.serve(metrics.port(), () -> Status.starting(10)));

    assertTrue(mistake.getMessage().contains("port=" + metrics.port()), mistake.getMessage());
  }
}
