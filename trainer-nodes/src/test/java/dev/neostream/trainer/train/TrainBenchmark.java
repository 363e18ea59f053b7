package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Trains {@link ModelConfig#tiny} on the text of all {@code *-sources.jar} below a folder with
 * ranks as threads; prints held-out losses, and the wall and CPU time of a step. Frequent words and
 * marks are the vocabulary, all others are spelled in bytes.
 *
 * <pre>
 *   java -cp ... dev.neostream.trainer.train.TrainBenchmark FOLDER RANKS STEPS PEAK FLOOR WARMUP
 * </pre>
 */
final class TrainBenchmark {

  private static final int VOCAB = 8192;
  private static final int T = 256;
  private static final int ROWS_PER_RANK = 4;
  private static final int HELD_OUT = 16;
  private static final int MAX_CHARACTERS = 30_000_000;
  private static final Pattern PIECE = Pattern.compile(" ?\\p{L}+|[0-9]|\\s|[^\\p{L}0-9\\s]");

  private TrainBenchmark() {}

  public static void main(String[] args) throws Exception {
    int ranks = Integer.parseInt(args[1]);
    int steps = Integer.parseInt(args[2]);
    double peak = Double.parseDouble(args[3]);
    double floor = Double.parseDouble(args[4]);
    int warmUp = Integer.parseInt(args[5]);
    int[][] sequences = sequences(ids(text(Path.of(args[0]))));
    System.out.printf(
        "%d parameters, %d sequences of %d tokens%n",
        ModelConfig.tiny(VOCAB).parameterCount(), sequences.length, T);
    for (GradientSync sync : ThreadSync.world(ranks)) {
      new Thread(() -> train(sync, new Sequences(sequences, steps, peak, floor, warmUp))).start();
    }
  }

  private static void train(GradientSync sync, BatchSource source) {
    StepLedger ledger = new Printer();
    try (Decoder decoder = new Decoder(ModelConfig.tiny(VOCAB), 1);
        Training training = new Training(decoder, AdamW.mapNeo())) {
      TrainSettings settings = new TrainSettings(42, GradientClip.mapNeo(), 50, 1_000_000, true);
      Checkpoints none = new TestRun.NoCheckpoints(new TestRun.MemoryLedger());
      new TrainLoop(settings, training, source, ledger, none, Clock.systemUTC(), n -> "")
          .run(sync, () -> false);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Visits the sequences in a fixed scattered order; linear warm-up, then cosine. */
  private record Sequences(int[][] sequences, int steps, double peak, double floor, int warmUp)
      implements BatchSource {

    @Override
    public Optional<Batch> next(long step, int rank, int ranks) {
      int n = ROWS_PER_RANK * ranks;
      double cosine =
          floor
              + (peak - floor)
                  * 0.5
                  * (1 + Math.cos(Math.PI * (step - warmUp) / Math.max(1, steps - warmUp)));
      double learningRate = step < warmUp ? peak * (step + 1) / warmUp : cosine;
      List<BatchRow> plan = new ArrayList<>();
      List<int[]> own = new ArrayList<>();
      for (int r = 0; r < n; r++) {
        int sequence = HELD_OUT + (int) ((step * n + r) * 7919 % (sequences.length - HELD_OUT));
        plan.add(new BatchRow("code", 0, (long) sequence, 0, (long) sequence));
        if (r % ranks == rank) {
          own.add(sequences[sequence]);
        }
      }
      return Optional.of(
          new Batch(
              new TrainBatch(step, 1, "fundamental", learningRate, plan, step == steps - 1),
              own.toArray(int[][]::new)));
    }

    @Override
    public Optional<Integer> heldOutSet(long step) {
      return Optional.of(1);
    }

    @Override
    public List<HeldOut> heldOut(int set) {
      return Arrays.stream(sequences, 0, HELD_OUT).map(s -> new HeldOut("code", s)).toList();
    }
  }

  /** Prints evaluations, and the median step since the one before. */
  private static final class Printer implements StepLedger {

    @Override
    public void append(StepReplay replay) {}

    private final List<StepReport> reports = new ArrayList<>();
    private final List<Double> cpuSeconds = new ArrayList<>();
    private double cpu = cpuSeconds();

    @Override
    public Optional<StepReport> recorded(long step) {
      return Optional.empty();
    }

    @Override
    public void append(StepReport report) {
      reports.add(report);
      cpuSeconds.add(cpuSeconds() - cpu);
      cpu = cpuSeconds();
    }

    @Override
    public void append(EvalResult result) {
      cpu = cpuSeconds();
      if (result.getDomain().equals("all")) {
        System.out.printf(
            "step %3d: held-out %.4f | median of a step: %.3f s wall, %.3f s CPU of rank 0, %.3f s sync%n",
            result.getStep() + 1,
            result.getValue(),
            median(reports.stream().map(StepReport::getStepSeconds).toList()),
            median(cpuSeconds),
            median(reports.stream().map(StepReport::getSyncSeconds).toList()));
        reports.clear();
        cpuSeconds.clear();
      }
    }

    @Override
    public void flush() {}

    private static double median(List<Double> values) {
      return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(Double.NaN);
    }

    private static double cpuSeconds() {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }
  }

  private static int[][] sequences(int[] ids) {
    return IntStream.range(0, ids.length / (T + 1))
        .mapToObj(i -> Arrays.copyOfRange(ids, i * (T + 1), (i + 1) * (T + 1)))
        .toArray(int[][]::new);
  }

  private static String text(Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    List<Path> jars;
    try (Stream<Path> files = Files.walk(folder)) {
      jars = files.filter(f -> f.toString().endsWith("-sources.jar")).sorted().toList();
    }
    for (Path jar : jars) {
      try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
        for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
          if (e.getName().endsWith(".java") && text.length() < MAX_CHARACTERS) {
            text.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
          }
        }
      }
    }
    return text.toString();
  }

  private static int[] ids(String text) {
    Map<String, Integer> counts = new HashMap<>();
    PIECE.matcher(text).results().forEach(m -> counts.merge(m.group(), 1, Integer::sum));
    Map<String, Integer> vocabulary = new HashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(VOCAB - 256)
        .forEach(e -> vocabulary.put(e.getKey(), 256 + vocabulary.size()));
    return PIECE
        .matcher(text)
        .results()
        .flatMapToInt(
            m -> {
              Integer id = vocabulary.get(m.group());
              byte[] bytes = m.group().getBytes(StandardCharsets.UTF_8);
              return id != null
                  ? IntStream.of(id)
                  : IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xff);
            })
        .toArray();
  }
}
