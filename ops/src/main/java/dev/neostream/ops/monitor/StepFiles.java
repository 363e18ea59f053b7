package dev.neostream.ops.monitor;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.PrivateFiles;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Training as files that other tools read: one JSON line a step, and TensorBoard's event file. Both
 * are written anew at each start, from the topics. Not thread-safe.
 */
public final class StepFiles implements AutoCloseable {

  private final ObjectMapper json = new ObjectMapper();
  private final Writer lines;
  private final EventFile events;
  private long lastFinishedAt = System.currentTimeMillis();

  /**
   * @param lines file of the JSON lines
   * @param events folder of the event file
   */
  public StepFiles(Path lines, Path events) {
    try {
      this.lines = Files.newBufferedWriter(PrivateFiles.createFile(lines));
      this.events = EventFile.create(events, System.currentTimeMillis() / 1_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void add(StepReport report) {
    lastFinishedAt = report.getFinishedAt();
    try {
      lines.write(json.writeValueAsString(line(report)));
      lines.write('\n');
      events.add(report.getStep(), report.getFinishedAt(), scalars(report));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> line(StepReport report) {
    var line = new LinkedHashMap<String, Object>();
    line.put("step", report.getStep());
    line.put("phase", report.getPhase());
    line.put("plan", report.getPlanVersion());
    line.put("learning_rate", report.getLearningRate());
    line.put("loss", report.getLoss());
    line.put("tokens", report.getTokens());
    var domains = new TreeMap<String, Object>();
    for (DomainLoss domain : report.getDomains()) {
      domains.put(domain.getDomain(), Map.of("rows", domain.getRows(), "loss", domain.getLoss()));
    }
    line.put("domains", domains);
    line.put("gradient_norm", report.getGradientNorm());
    line.put("parameter_hash", Long.toHexString(report.getParameterHash()));
    line.put("seconds", report.getStepSeconds());
    line.put("sync_seconds", report.getSyncSeconds());
    return line;
  }

  private static Map<String, Double> scalars(StepReport report) {
    var scalars = new LinkedHashMap<String, Double>();
    scalars.put("train/loss", report.getLoss());
    scalars.put("train/learning_rate", report.getLearningRate());
    scalars.put("train/gradient_norm", report.getGradientNorm());
    scalars.put("train/tokens_per_second", report.getTokens() / report.getStepSeconds());
    scalars.put("train/sync_seconds", report.getSyncSeconds());
    scalars.put("mixture/plan_version", (double) report.getPlanVersion());
    for (DomainLoss domain : report.getDomains()) {
      scalars.put("train/loss/" + domain.getDomain(), domain.getLoss());
      scalars.put(
          "mixture/share/" + domain.getDomain(), (double) domain.getTokens() / report.getTokens());
    }
    return scalars;
  }

  /** Adds a result of the held-out set, which has no time of its own: that of the newest step. */
  void add(EvalResult result) {
    String domain = result.getDomain().equals("all") ? "" : "/" + result.getDomain();
    try {
      events.add(
          result.getStep(),
          lastFinishedAt,
          Map.of(result.getTask() + "/" + result.getMetric() + domain, result.getValue()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void flush() {
    try {
      lines.flush();
      events.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (lines;
        events) {
      flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
