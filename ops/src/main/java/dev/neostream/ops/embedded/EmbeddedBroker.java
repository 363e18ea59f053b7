package dev.neostream.ops.embedded;

import dev.neostream.ops.Secrets;
import dev.neostream.ops.UserError;
import dev.neostream.ops.monitor.Vitals;
import dev.neostream.schemas.Durable;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker and its controller inside this JVM, bound to loopback, with its data in a folder
 * that survives restarts and kill -9. It answers who knows its secret, another one at every start,
 * which {@link #connection} holds.
 */
public final class EmbeddedBroker implements AutoCloseable {

  /**
   * Longest time a prepared transaction survives without its writer. Must exceed any downtime: the
   * broker aborts what is older, and data that a Flink checkpoint calls committed would be lost.
   */
  public static final int MAX_TRANSACTION_MS = 7 * 24 * 3600 * 1000;

  /** Linux gives outgoing connections ports from 32768 on. */
  private static final int FIRST_OUTGOING_PORT = 32_768;

  private static final int FIRST_PORT = 10_240;
  private static final int PORT_ATTEMPTS = 100;

  /** Kafka ends the JVM on a failure of its disk, for which a run has better words. */
  private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

  static {
    Exit.setHaltProcedure(EmbeddedBroker::failed);
    Exit.setExitProcedure(EmbeddedBroker::failed);
  }

  private final KafkaRaftServer server;
  private final Map<String, String> client;

  private EmbeddedBroker(KafkaRaftServer server, Map<String, String> client) {
    this.server = server;
    this.client = client;
  }

  /**
   * Starts a broker, formatting the folder on first use.
   *
   * @param folder where the broker's data lies
   */
  public static EmbeddedBroker start(Path folder) {
    try {
      Durable.createFolder(folder);
      format(folder);
      int[] ports = freePorts();
      String secret = Secrets.random();
      var server =
          new KafkaRaftServer(
              new KafkaConfig(settings(folder, ports[0], ports[1], secret)), Time.SYSTEM);
      server.startup();
      return new EmbeddedBroker(
          server,
          Map.of(
              "bootstrap.servers",
              "127.0.0.1:" + ports[0],
              "security.protocol",
              "SASL_PLAINTEXT",
              "sasl.mechanism",
              "PLAIN",
              "sasl.jaas.config",
              login(secret) + ";"));
    } catch (IOException e) {
      throw new UserError("the broker's folder must be writable: folder=" + folder, e);
    }
  }

  private static void failed(int exitCode, String message) {
    FAILURE.compareAndSet(
        null,
        new IllegalStateException(
            "the broker stopped itself: exit code="
                + exitCode
                + (message == null ? "" : ", problem=" + message)));
  }

  /** Returns why the broker stopped itself; empty while it runs. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(FAILURE.get());
  }

  public KafkaConnection connection(Topics topics) {
    return new KafkaConnection(client, topics);
  }

  /** Returns how the broker is; topics of the run by their names within it. */
  Vitals.Kafka vitals(Topics topics) {
    return new BrokerBeans(topics).read();
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path folder) {
    if (Files.exists(folder.resolve("meta.properties"))) {
      return;
    }
    var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    try {
      new Formatter()
          .setPrintStream(silent)
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .addDirectory(folder.toString())
          .setMetadataLogDirectory(folder.toString())
          .setControllerListenerName("CONTROLLER")
          .run();
    } catch (Exception e) {
      throw new UserError("the broker's folder must be writable: folder=" + folder, e);
    }
  }

  /** Whoever is on the machine can open a connection to loopback, but only use one with this. */
  private static String login(String secret) {
    return PlainLoginModule.class.getName()
        + " required username=\"neo\" password=\""
        + secret
        + "\"";
  }

  private static Map<String, Object> settings(
      Path folder, int port, int controllerPort, String secret) {
    var config = new HashMap<String, Object>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", "1");
    config.put(
        "listeners", "LOCAL://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    config.put("advertised.listeners", "LOCAL://127.0.0.1:" + port);
    config.put("listener.security.protocol.map", "LOCAL:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT");
    config.put("sasl.enabled.mechanisms", "PLAIN");
    config.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    config.put("sasl.mechanism.controller.protocol", "PLAIN");
    String logins = login(secret) + " user_neo=\"" + secret + "\";";
    config.put("listener.name.local.plain.sasl.jaas.config", logins);
    config.put("listener.name.controller.plain.sasl.jaas.config", logins);
    config.put("inter.broker.listener.name", "LOCAL");
    config.put("controller.listener.names", "CONTROLLER");
    config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    config.put("log.dirs", folder.toString());
    config.put("auto.create.topics.enable", "false");
    config.put("message.max.bytes", KafkaConnection.MAX_RECORD_BYTES);
    config.put("replica.fetch.max.bytes", KafkaConnection.MAX_RECORD_BYTES);
    config.put("transaction.max.timeout.ms", MAX_TRANSACTION_MS);
    // One replica of everything, and few partitions for the broker's own topics.
    config.put("offsets.topic.replication.factor", "1");
    config.put("offsets.topic.num.partitions", "4");
    config.put("transaction.state.log.replication.factor", "1");
    config.put("transaction.state.log.min.isr", "1");
    config.put("transaction.state.log.num.partitions", "4");
    config.put("share.coordinator.state.topic.replication.factor", "1");
    config.put("share.coordinator.state.topic.min.isr", "1");
    config.put("group.initial.rebalance.delay.ms", "0");
    // One replica: what is acknowledged must be on its disk, or a power cut takes it back.
    config.put("log.flush.interval.messages", "1");
    // Small footprint, and quick to come back after a kill.
    config.put("log.cleaner.dedupe.buffer.size", "16777216");
    config.put("log.index.size.max.bytes", "1048576");
    config.put("controller.quorum.election.timeout.ms", "300");
    config.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    config.put("broker.session.timeout.ms", "4000");
    config.put("broker.heartbeat.interval.ms", "500");
    return config;
  }

  private static int[] freePorts() throws IOException {
    var random = new SecureRandom();
    return freePorts(() -> random.nextInt(FIRST_PORT, FIRST_OUTGOING_PORT));
  }

  /**
   * Returns two ports that are free and differ: the first is still held while the second is chosen.
   *
   * @param candidates ports that systems do not give to connections going out: such a one could be
   *     taken before the broker binds it
   */
  static int[] freePorts(IntSupplier candidates) throws IOException {
    try (ServerSocket first = bind(candidates);
        ServerSocket second = bind(candidates)) {
      return new int[] {first.getLocalPort(), second.getLocalPort()};
    }
  }

  private static ServerSocket bind(IntSupplier candidates) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return new ServerSocket(candidates.getAsInt(), 1, InetAddress.getLoopbackAddress());
      } catch (BindException e) {
        if (attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
