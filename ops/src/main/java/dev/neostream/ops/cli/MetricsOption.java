package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import dev.neostream.ops.monitor.Metrics;
import picocli.CommandLine.Option;

/** The option of verbs that start a run: where its metrics are served. */
final class MetricsOption {

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = {
        "Port of /metrics on loopback; 0 takes a free one (default: 9464, or a free one if that is",
        "taken)."
      })
  private Integer port;

  /**
   * @throws UserError if there is no such port
   */
  Metrics.Port port() {
    try {
      return port == null ? Metrics.Port.STANDARD : Metrics.Port.exactly(port);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(
          e.getMessage() + "; give --metrics-port such a number, or leave it out");
    }
  }
}
