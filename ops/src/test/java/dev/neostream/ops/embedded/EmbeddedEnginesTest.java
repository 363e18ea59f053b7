package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import dev.neostream.ops.monitor.Metrics;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.Vitals;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engines show to the network. */
class EmbeddedEnginesTest {

  private static final Duration DEADLINE = Duration.ofMinutes(2);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static EmbeddedFlink flink;
  private static Metrics metrics;
  private static Set<Integer> flinkPorts;

  @BeforeAll
  static void start() throws IOException {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    Set<Integer> others = listening();
    flink =
        EmbeddedFlink.start(folder.resolve("checkpoints"), folder, 2, Duration.ofSeconds(1), 512);
    flinkPorts = listening();
    flinkPorts.removeAll(others);
    metrics = Metrics.serve(Metrics.Port.exactly(0), () -> Status.starting(10), () -> Vitals.NONE);
  }

  private static Set<Integer> listening() throws IOException {
    Set<Integer> ports = new TreeSet<>();
    for (String address : ListeningSockets.of(ProcessHandle.current().pid())) {
      ports.add(Integer.parseInt(address.substring(address.indexOf(':') + 1), 16));
    }
    return ports;
  }

  @AfterAll
  static void stop() throws IOException {
    metrics.close();
    flink.close();
    broker.close();
  }

  @Test
  void shouldRefuseATopicWithOtherPartitionsThanAskedFor() {
    KafkaConnection connection = broker.connection(new Topics("partitions"));
    TopicAdmin.create(connection, connection.topics().all(List.of("web"), 2, 3, 1));
    List<Topics.Spec> others = connection.topics().all(List.of("web"), 3, 3, 1);

    TopicAdmin.create(connection, connection.topics().all(List.of("web", "books"), 2, 3, 1));
    var refused =
        assertThrows(IllegalStateException.class, () -> TopicAdmin.create(connection, others));

    assertEquals(
        "a topic must have the partitions that the run asks for: topic="
            + connection.topics().rawDocuments()
            + ", partitions=2, asked=3; give the number that the topic was made with, or start a"
            + " new run",
        refused.getMessage());
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
    HttpClient http = HttpClient.newBuilder().sslContext(flink.key().client()).build();
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
  void shouldAnswerNobodyOverFlinksRestWhoHasNotGotItsKey() throws Exception {
    URI overview = flink.restAddress().resolve("/overview");
    URI plain = URI.create("http://127.0.0.1:" + overview.getPort() + "/overview");
    HttpClient keyless = HttpClient.newBuilder().sslContext(trusting()).build();

    HttpResponse<String> redirect = sendAlone(HttpRequest.newBuilder(plain).build());
    HttpResponse<String> shutdown =
        sendAlone(HttpRequest.newBuilder(plain.resolve("/cluster")).DELETE().build());

    for (HttpResponse<String> answer : List.of(redirect, shutdown)) {
      assertEquals(301, answer.statusCode());
      assertEquals("", answer.body());
    }
    assertThrows(
        IOException.class,
        () ->
            keyless.send(
                HttpRequest.newBuilder(overview).build(), HttpResponse.BodyHandlers.discarding()));
  }

  /** Sends over a new connection: Flink closes one that it has answered without TLS. */
  private static HttpResponse<String> sendAlone(HttpRequest request) throws Exception {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** What a client without a key has that does not care who it talks to. */
  private static SSLContext trusting() throws Exception {
    var everybody =
        new X509ExtendedTrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {everybody}, null);
    return context;
  }

  /** The BLOB server would take any amount of bytes from anybody. */
  @Test
  void shouldAskForTheKeyOnEveryPortOfFlink() throws Exception {
    assertEquals(2, flinkPorts.size(), flinkPorts.toString());
    for (int port : flinkPorts) {
      try (var tls = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
        assertThrows(
            IOException.class,
            () -> {
              tls.startHandshake();
              if (tls.getInputStream().read() < 0) {
                throw new EOFException();
              }
            });
      }
    }
  }

  @Test
  void shouldEndEvenIfTheJobDoesNot() throws Exception {
    EmbeddedFlink stuck =
        EmbeddedFlink.start(folder.resolve("stuck"), folder, 1, Duration.ofMinutes(1), 64);
    stuck.submit("stuck", env -> env.fromData(1).map(new Stuck()).print());
    Stuck.REACHED.await();

    stuck.close(Duration.ofMillis(100));

    Stuck.RELEASED.countDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "torn", "\u4960\u7243 another format"})
  void shouldNameTheJobsCheckpointThatIsDamaged(String content) throws IOException {
    Path metadata = folder.resolve("checkpoints/job/chk-3/_metadata");
    Files.createDirectories(metadata.getParent());
    Files.writeString(metadata, content);
    try {
      var refused =
          assertThrows(UserError.class, () -> flink.submit("torn", env -> env.fromData(1).print()));

      assertTrue(
          refused
              .getMessage()
              .startsWith(
                  "the job's checkpoint must be as it was written: file="
                      + metadata
                      + ", problem="),
          refused.getMessage());
    } finally {
      Files.delete(metadata);
    }
  }

  /** Heeds no interrupt, as code that is busy does not. */
  private static final class Stuck implements MapFunction<Integer, Integer> {
    private static final CountDownLatch REACHED = new CountDownLatch(1);
    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    @Override
    public Integer map(Integer value) {
      REACHED.countDown();
      while (RELEASED.getCount() > 0) {
        try {
          RELEASED.await();
        } catch (InterruptedException e) {
          continue;
        }
      }
      return value;
    }
  }

  @Test
  void shouldAnswerNobodyOverKafkaWhoDoesNotKnowTheSecret() throws Exception {
    KafkaConnection connection = broker.connection(new Topics("any"));
    Map<String, Object> stranger = connection.admin();
    String login = (String) stranger.get("sasl.jaas.config");
    stranger.put("sasl.jaas.config", login.replaceAll("password=\"[^\"]*\"", "password=\"guess\""));

    try (Admin known = Admin.create(connection.admin());
        Admin unknown = Admin.create(stranger)) {
      known.describeCluster().clusterId().get();
      var refused =
          assertThrows(ExecutionException.class, () -> unknown.describeCluster().clusterId().get());
      assertTrue(refused.getCause() instanceof SaslAuthenticationException, refused.toString());
    }
    assertNotEquals(login, stranger.get("sasl.jaas.config"));
    assertFalse(connection.toString().contains("password"), connection.toString());
  }

  @Test
  void shouldTellOfTheBrokersTopicsAndRequests() throws Exception {
    var topics = new Topics("vitals");
    KafkaConnection connection = broker.connection(topics);
    TopicAdmin.create(connection, topics.all(List.of("web"), 2, 3, 1));
    Vitals.Kafka before = broker.vitals(topics);

    try (var writer = new TopicWriter<>(connection, topics.evalResults(), EvalResult.class)) {
      writer.write(new EvalResult(7L, "held-out", "all", "loss", 4.5, 64L, null, null));
    }
    Vitals.Topic written = broker.vitals(topics).topics().get("eval.results");
    try (var reader = new TopicReader<>(connection, topics.evalResults(), EvalResult.class)) {
      assertEquals(1, reader.readToEnd().size());
    }
    Vitals.Kafka after = broker.vitals(topics);
    Vitals.Topic read = after.topics().get("eval.results");

    assertTrue(written.writtenBytes() > 0);
    assertEquals(written.writtenBytes(), written.logBytes());
    assertEquals(0, written.readBytes());
    assertEquals(new Vitals.Topic(written.writtenBytes(), read.readBytes(), read.logBytes()), read);
    assertTrue(read.readBytes() >= read.writtenBytes(), read.toString());
    assertTrue(after.requests() > before.requests());
    assertEquals(0, after.underReplicated());
    assertTrue(broker.vitals(new Topics("other")).topics().containsKey(topics.evalResults()));
  }

  @Test
  void shouldTellOfTheJobsCheckpointsWhileItRuns() throws Exception {
    EmbeddedFlink job =
        EmbeddedFlink.start(folder.resolve("vitals"), folder, 1, Duration.ofMillis(200), 64);
    try (job) {
      assertEquals(Optional.empty(), job.vitals(), "no job");
      job.submit(
          "sums",
          env ->
              env.fromSequence(0, Long.MAX_VALUE - 1)
                  .keyBy(n -> n % 10)
                  .reduce(Long::sum)
                  .sinkTo(new DiscardingSink<>()));

      Optional<Vitals.Flink> vitals = job.vitals();
      while (vitals.isEmpty() || vitals.get().completed() < 2) {
        assertEquals(Optional.empty(), job.failure());
        vitals = job.vitals();
      }

      Vitals.Flink flink = vitals.get();
      assertTrue(flink.seconds() > 0 && flink.seconds() < DEADLINE.toSeconds(), flink.toString());
      assertTrue(flink.pauseSeconds() >= 0 && flink.pauseSeconds() <= flink.seconds());
      assertTrue(flink.stateBytes() > 0, flink.toString());
      assertTrue(flink.checkpointedBytes() <= flink.stateBytes(), flink.toString());
      job.stopJob(DEADLINE);
      assertEquals(Optional.empty(), job.vitals(), "a job that has ended");
    }
    assertEquals(Optional.empty(), job.vitals(), "a cluster that has ended");
  }

  @Test
  void shouldSayWhichPortIsTaken() {
    var mistake =
        assertThrows(
            UserError.class,
            () ->
                Metrics.serve(
                    Metrics.Port.exactly(metrics.port()),
                    () -> Status.starting(10),
                    () -> Vitals.NONE));

    assertTrue(mistake.getMessage().contains("port=" + metrics.port()), mistake.getMessage());
  }
}
