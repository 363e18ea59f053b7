package dev.neostream.clean.language;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Trains {@link LanguageModel}.
 *
 * <pre>
 * java -cp ... dev.neostream.clean.language.LanguageModelTrainer TEXTS MODEL [EXAMPLES]
 * </pre>
 *
 * TEXTS is a folder with a file {@code CODE.txt} a language, UTF-8, one sentence or paragraph a
 * line in random order; every {@value #HELD_OUT}th line is kept out and judged at the end. {@code
 * zxx.txt} (no linguistic content) holds what must not pass for a language, such as identifiers.
 * The script of a language is the one most of its words are in.
 *
 * <p>An example is a random piece of a line, 1 to {@value #MAX_WORDS} words, so that probabilities
 * are right for texts of every length; languages are drawn by the square root of their text,
 * between evenly and as found. Plain stochastic gradient descent on the cross entropy among
 * languages of the same script, the learning rate falling linearly to 0. Deterministic.
 */
public final class LanguageModelTrainer {

  static final int HELD_OUT = 20;
  static final int MAX_WORDS = 40;
  private static final int DEFAULT_EXAMPLES = 6_000_000;
  private static final float LEARNING_RATE = 0.4f;
  private static final int DIM = LanguageModel.DIM;

  private final List<String> codes = new ArrayList<>();
  private final List<Script> scripts = new ArrayList<>();
  private final List<List<String>> training = new ArrayList<>();
  private final List<List<String>> heldOut = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private final NGrams features = new NGrams();
  private final float[] vectors = new float[DIM << NGrams.BITS];
  private float[] weights;
  private float[] bias;

  private LanguageModelTrainer(Path texts) throws IOException {
    try (var files = Files.newDirectoryStream(texts, "*.txt")) {
      var sorted = new ArrayList<Path>();
      files.forEach(sorted::add);
      sorted.sort(null);
      for (Path file : sorted) {
        add(file);
      }
    }
    if (codes.size() < 2) {
      throw new IllegalArgumentException("folder must hold two CODE.txt or more: folder=" + texts);
    }
  }

  public static void main(String[] args) throws IOException {
    if (args.length < 2 || args.length > 3) {
      System.err.println("usage: LanguageModelTrainer TEXTS MODEL [EXAMPLES]");
      System.exit(2);
    }
    var trainer = new LanguageModelTrainer(Path.of(args[0]));
    trainer.train(args.length > 2 ? Integer.parseInt(args[2]) : DEFAULT_EXAMPLES);
    LanguageModel model = trainer.quantised();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(args[1])))) {
      model.write(out);
    }
    trainer.report(model);
  }

  private void add(Path file) throws IOException {
    String name = file.getFileName().toString();
    byte[] text = Files.readAllBytes(file);
    var histogram = new ScriptHistogram();
    histogram.count(text);
    Script script = Script.LATIN;
    for (Script s : Script.ALL) {
      script = histogram.words(s) > histogram.words(script) ? s : script;
    }
    if (script.ordinal() > Script.DEVANAGARI.ordinal()) {
      return; // The script decides.
    }
    codes.add(name.substring(0, name.length() - ".txt".length()));
    scripts.add(script);
    List<String> lines = new String(text, StandardCharsets.UTF_8).lines().toList();
    var in = new ArrayList<String>();
    var out = new ArrayList<String>();
    for (int i = 0; i < lines.size(); i++) {
      (i % HELD_OUT == 0 ? out : in).add(lines.get(i));
    }
    training.add(in);
    heldOut.add(out);
  }

  private void train(int examples) {
    int languages = codes.size();
    weights = new float[languages * DIM];
    bias = new float[languages];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) (random.nextDouble() - 0.5) / DIM;
    }
    var hidden = new float[DIM];
    var gradient = new float[DIM];
    var p = new float[languages];
    double[] cumulative = cumulative();
    double loss = 0;
    for (int n = 0; n < examples; n++) {
      int language = draw(cumulative);
      Script script = scripts.get(language);
      List<String> lines = training.get(language);
      byte[] text = piece(lines.get(random.nextInt(lines.size()))).getBytes(StandardCharsets.UTF_8);
      features.collect(text, script, Integer.MAX_VALUE);
      if (features.size() > 0) {
        float rate = LEARNING_RATE * (examples - n) / examples;
        loss += step(language, script, rate, hidden, gradient, p);
      }
      if ((n + 1) % 500_000 == 0) {
        System.out.printf(Locale.ROOT, "examples %d, loss %.4f%n", n + 1, loss / 500_000);
        loss = 0;
      }
    }
  }

  private double[] cumulative() {
    var cumulative = new double[codes.size()];
    double sum = 0;
    for (int l = 0; l < cumulative.length; l++) {
      sum += Math.sqrt(training.get(l).stream().mapToLong(String::length).sum());
      cumulative[l] = sum;
    }
    return cumulative;
  }

  private int draw(double[] cumulative) {
    int at =
        Arrays.binarySearch(cumulative, random.nextDouble() * cumulative[cumulative.length - 1]);
    return at < 0 ? -at - 1 : at;
  }

  private String piece(String line) {
    String[] words = line.split(" ");
    int wanted = (int) Math.exp(random.nextDouble() * Math.log(MAX_WORDS + 1));
    if (words.length <= wanted) {
      return line;
    }
    int from = random.nextInt(words.length - wanted + 1);
    return String.join(" ", List.of(words).subList(from, from + wanted));
  }

  private double step(
      int language, Script script, float rate, float[] hidden, float[] gradient, float[] p) {
    int size = features.size();
    Arrays.fill(hidden, 0);
    for (int i = 0; i < size; i++) {
      int at = features.bucket(i) * DIM;
      for (int d = 0; d < DIM; d++) {
        hidden[d] += vectors[at + d];
      }
    }
    double max = Double.NEGATIVE_INFINITY;
    for (int d = 0; d < DIM; d++) {
      hidden[d] /= size;
      gradient[d] = 0;
    }
    for (int l = 0; l < p.length; l++) {
      if (scripts.get(l) == script) {
        p[l] = bias[l];
        for (int d = 0; d < DIM; d++) {
          p[l] += weights[l * DIM + d] * hidden[d];
        }
        max = Math.max(max, p[l]);
      }
    }
    double sum = 0;
    for (int l = 0; l < p.length; l++) {
      p[l] = scripts.get(l) == script ? (float) Math.exp(p[l] - max) : 0;
      sum += p[l];
    }
    for (int l = 0; l < p.length; l++) {
      if (p[l] > 0) {
        p[l] /= (float) sum;
        float g = rate * ((l == language ? 1 : 0) - p[l]);
        bias[l] += g;
        for (int d = 0; d < DIM; d++) {
          gradient[d] += g * weights[l * DIM + d];
          weights[l * DIM + d] += g * hidden[d];
        }
      }
    }
    // The true gradient is divided by size, with which long texts would hardly teach.
    float share = (float) (1 / Math.sqrt(size));
    for (int i = 0; i < size; i++) {
      int at = features.bucket(i) * DIM;
      for (int d = 0; d < DIM; d++) {
        vectors[at + d] += share * gradient[d];
      }
    }
    return -Math.log(Math.max(1e-9, p[language]));
  }

  /** Values beyond 127 units, one in a thousand at most, are cut. */
  private LanguageModel quantised() {
    float[] sizes = vectors.clone();
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.abs(sizes[i]);
    }
    Arrays.sort(sizes);
    float scale = sizes[sizes.length - sizes.length / 1000] / 127;
    var bytes = new byte[vectors.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.max(-127, Math.min(127, Math.round(vectors[i] / scale)));
    }
    var ordinals = new byte[codes.size()];
    for (int l = 0; l < ordinals.length; l++) {
      ordinals[l] = (byte) scripts.get(l).ordinal();
    }
    return new LanguageModel(codes.toArray(String[]::new), ordinals, bias, weights, scale, bytes);
  }

  private void report(LanguageModel model) {
    var hidden = new float[DIM];
    var p = new float[codes.size()];
    int rightOfAll = 0;
    int all = 0;
    for (int l = 0; l < codes.size(); l++) {
      int right = 0;
      for (String line : heldOut.get(l)) {
        features.collect(line.getBytes(StandardCharsets.UTF_8), scripts.get(l), 2000);
        right += model.predict(features, scripts.get(l), hidden, p) == l ? 1 : 0;
      }
      all += heldOut.get(l).size();
      rightOfAll += right;
      System.out.printf(
          Locale.ROOT,
          "%s %.3f (%d)%n",
          codes.get(l),
          1.0 * right / heldOut.get(l).size(),
          heldOut.get(l).size());
    }
    System.out.printf(Locale.ROOT, "held-out accuracy %.4f%n", 1.0 * rightOfAll / all);
  }
}
