package dev.neostream.ops.dashboard;

import dev.neostream.ops.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder from which Prometheus and Grafana watch runs.
 *
 * <pre>
 *   prometheus.yml            scrapes the runs of the given folders
 *   rules.yml                 alerts, each with what to do
 *   alerts-test.yml           promtool test rules alerts-test.yml
 *   grafana/dashboards/       pipeline, mixture, trainer, reliability
 *   grafana/provisioning/     data source and where the dashboards are
 * </pre>
 */
public final class WatchFolder {

  private static final String PATTERN_SIGNS = "*?[]\\";

  private WatchFolder() {}

  /**
   * Writes all of it.
   *
   * @param out folder that is not there yet, or empty
   * @param targets {@code prometheus.json} of each run; they need not be there
   * @return the files, in order
   * @throws UserError if the folder holds anything, or a path cannot be told to Prometheus
   */
  public static List<Path> write(Path out, List<Path> targets) {
    targets.forEach(WatchFolder::requirePlain);
    Path root = out.toAbsolutePath().normalize();
    try {
      requireEmpty(root);
      Path dashboards = root.resolve("grafana").resolve("dashboards");
      Path provisioning = root.resolve("grafana").resolve("provisioning");
      var written = new ArrayList<Path>();
      written.add(
          file(
              root.resolve("prometheus.yml"),
              text("prometheus.yml").replace("@FILES@", list(targets))));
      written.add(file(root.resolve("rules.yml"), text("rules.yml")));
      written.add(file(root.resolve("alerts-test.yml"), text("alerts-test.yml")));
      for (Dashboard dashboard : Dashboards.all()) {
        written.add(file(dashboards.resolve(dashboard.name() + ".json"), dashboard.json() + "\n"));
      }
      written.add(
          file(
              provisioning.resolve("datasources").resolve("neo-stream.yml"),
              text("datasource.yml")));
      written.add(
          file(
              provisioning.resolve("dashboards").resolve("neo-stream.yml"),
              text("provider.yml").replace("@FOLDER@", quoted(dashboards.toString()))));
      return written;
    } catch (IOException e) {
      throw new UserError("the folder must be writable: out=" + root + ", problem=" + e, e);
    }
  }

  /** Prometheus reads such a path as a pattern, and finds something else. */
  private static void requirePlain(Path target) {
    if (target.toString().chars().anyMatch(c -> PATTERN_SIGNS.indexOf(c) >= 0)) {
      throw UserError.usage(
          "the path of a run that Prometheus is to find must have none of "
              + PATTERN_SIGNS
              + " in it: path="
              + target);
    }
  }

  private static void requireEmpty(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    if (!Files.isDirectory(root)) {
      throw UserError.usage("--out must be a folder: out=" + root);
    }
    try (Stream<Path> there = Files.list(root)) {
      if (there.findAny().isPresent()) {
        throw UserError.usage(
            "--out must be a new or an empty folder: out="
                + root
                + "; choose another, or remove that one first");
      }
    }
  }

  private static String list(List<Path> targets) {
    return targets.stream()
        .map(target -> "          - " + quoted(target.toString()))
        .collect(Collectors.joining("\n"));
  }

  /** Returns a YAML string. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String text(String resource) {
    try (InputStream in = WatchFolder.class.getResourceAsStream("/dashboards/" + resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
