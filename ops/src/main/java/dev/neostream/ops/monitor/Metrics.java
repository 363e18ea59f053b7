package dev.neostream.ops.monitor;

import dev.neostream.ops.UserError;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** {@code /metrics} on loopback: what there is to say of the run, its engines, and this JVM. */
public final class Metrics implements AutoCloseable {

  /**
   * Where to serve.
   *
   * @param number port on loopback, 0 for any free one
   * @param orAnother whether to take a free one if that is taken
   */
  public record Port(int number, boolean orAnother) {

    private static final int HIGHEST = 65_535;

    /** What exporters of OpenTelemetry take too; a second run on the machine takes another. */
    public static final Port STANDARD = new Port(9464, true);

    /**
     * @throws IllegalArgumentException if there is no such port
     */
    public Port {
      if (number < 0 || number > HIGHEST) {
        throw new IllegalArgumentException(
            "the metrics port must be 0 to " + HIGHEST + ": port=" + number);
      }
    }

    /** Returns the port and no other; 0 for any free one. */
    public static Port exactly(int number) {
      return new Port(number, false);
    }
  }

  /** A scraper asks every few seconds and waits ten by default. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  private final PageServer server;

  private Metrics(PageServer server) {
    this.server = server;
  }

  /**
   * Starts serving.
   *
   * @param status newest state of the run
   * @param vitals how its engines are, asked once a scrape
   * @throws UserError if the port is taken and may not be another
   */
  public static Metrics serve(Port port, Supplier<Status> status, Supplier<Vitals> vitals) {
    return serve(port, status, vitals, REQUEST_LIMIT);
  }

  /**
   * Starts serving.
   *
   * @param limit longest time that a connection may take
   */
  static Metrics serve(
      Port port, Supplier<Status> status, Supplier<Vitals> vitals, Duration limit) {
    var registry = new PrometheusRegistry();
    JvmMetrics.builder().register(registry);
    StatusMetrics.register(registry, status);
    var latest = new AtomicReference<>(Vitals.NONE);
    VitalsMetrics.register(registry, latest::get);
    var formats = ExpositionFormats.init();
    PageServer.Renderer page =
        accept -> {
          latest.set(vitals.get());
          ExpositionFormatWriter writer = formats.findWriter(accept);
          var body = new ByteArrayOutputStream();
          writer.write(body, registry.scrape());
          return new PageServer.Page(writer.getContentType(), body.toByteArray());
        };
    try {
      return new Metrics(start(port, limit, page));
    } catch (IOException e) {
      throw new UserError(
          "the metrics port must be free: port="
              + port.number
              + ", problem="
              + e.getMessage()
              + "; choose another with --metrics-port",
          e);
    }
  }

  private static PageServer start(Port port, Duration limit, PageServer.Renderer page)
      throws IOException {
    try {
      return PageServer.start(port.number, "/metrics", limit, page);
    } catch (BindException taken) {
      if (!port.orAnother) {
        throw taken;
      }
      return PageServer.start(0, "/metrics", limit, page);
    }
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
