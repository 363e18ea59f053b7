package dev.neostream.clean.quality;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains on a file of fastText's supervised format ({@code __label__1 text} or {@code __label__0
 * text}, a line each), evaluates on another, and prints accuracy and speed in CPU time of one
 * thread. Command in README.
 */
public final class QualityBenchmark {

  private QualityBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    List<byte[]> good = texts(arguments[0], "__label__1 ");
    List<byte[]> bad = texts(arguments[0], "__label__0 ");
    List<byte[]> testGood = texts(arguments[1], "__label__1 ");
    List<byte[]> testBad = texts(arguments[1], "__label__0 ");
    double learningRate = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 0.5;
    int epochs = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 3;
    int bits = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 22;
    var trainer = new QualityTrainer(3, bits, epochs, learningRate, 0, 1);
    QualityModel model = null;
    for (int round = 0; round < 3; round++) {
      long start = cpu();
      model = trainer.train(good, bad).model();
      double seconds = (cpu() - start) / 1e9;
      System.out.printf(
          "train: %.2f s, %.0f texts/s, %.1f MB/s%n",
          seconds,
          epochs * (good.size() + bad.size()) / seconds,
          epochs * (bytes(good) + bytes(bad)) / seconds / 1e6);
    }
    for (int round = 0; round < 5; round++) {
      long start = cpu();
      Evaluation.of(model, testGood, testBad);
      double seconds = (cpu() - start) / 1e9;
      System.out.printf(
          "score: %.0f texts/s, %.1f MB/s%n",
          (testGood.size() + testBad.size()) / seconds,
          (bytes(testGood) + bytes(testBad)) / seconds / 1e6);
    }
    Evaluation evaluation = Evaluation.of(model, testGood, testBad);
    System.out.printf(
        "%d positives, %d negatives, AUC %.4f%n",
        evaluation.positives(), evaluation.negatives(), evaluation.auc());
    for (Evaluation.AtThreshold at : evaluation.thresholds()) {
      System.out.printf(
          "above %.2f: precision %.4f, recall %.4f, F1 %.4f%n",
          at.threshold(), at.precision(), at.recall(), at.f1());
    }
  }

  private static List<byte[]> texts(String file, String label) throws IOException {
    var texts = new ArrayList<byte[]>();
    for (String line : Files.readAllLines(Path.of(file))) {
      if (line.startsWith(label)) {
        texts.add(line.substring(label.length()).getBytes(StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  private static double bytes(List<byte[]> texts) {
    return texts.stream().mapToLong(text -> text.length).sum();
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
