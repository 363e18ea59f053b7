package dev.neostream.clean.language;

import dev.neostream.clean.charset.TextDecoder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * Speed of language identification (documents a CPU second of 500 and 2,000 characters, against
 * OpenNLP's bundled model) and of decoding (MB a CPU second).
 *
 * <pre>
 * java -cp ... dev.neostream.clean.language.LanguageBenchmark TEXT...
 * </pre>
 */
final class LanguageBenchmark {

  private static final int ROUNDS = 5;

  private LanguageBenchmark() {}

  public static void main(String[] files) throws IOException {
    var text = new StringBuilder();
    for (String file : files) {
      text.append(Files.readString(Path.of(file)));
    }
    text.setLength(Math.min(text.length(), 8_000_000));
    String all = text.toString();
    var languages = new LanguageIdentifier();
    try (var in = LanguageBenchmark.class.getResourceAsStream("/langdetect-183.bin")) {
      var openNlp = new LanguageDetectorME(new LanguageDetectorModel(in));
      for (int length : new int[] {500, 2000}) {
        List<String> documents = cut(all, length);
        List<byte[]> utf8 =
            documents.stream().map(d -> d.getBytes(StandardCharsets.UTF_8)).toList();
        double own = rate(utf8.size(), () -> utf8.forEach(languages::identify));
        List<String> few = documents.subList(0, Math.min(500, documents.size()));
        double theirs = rate(few.size(), () -> few.forEach(openNlp::predictLanguage));
        System.out.printf(
            Locale.ROOT,
            "%d characters: %.0f documents/s, OpenNLP %.0f, ratio %.1f%n",
            length,
            own,
            theirs,
            own / theirs);
      }
    }
    var decoder = new TextDecoder();
    decode(decoder, "UTF-8", all);
    decode(decoder, "UTF-8", all.replaceAll("[^\\x00-\\x7f]", "x"));
    decode(decoder, "windows-1252", all);
  }

  private static void decode(TextDecoder decoder, String charset, String text) {
    List<byte[]> pages =
        cut(text, 40_000).stream().map(d -> d.getBytes(Charset.forName(charset))).toList();
    double bytes = pages.stream().mapToLong(p -> p.length).sum();
    double rate = rate(pages.size(), () -> pages.forEach(p -> decoder.decode(p, "", false)));
    System.out.printf(
        Locale.ROOT, "decode %s: %.0f MB/s%n", charset, rate * bytes / pages.size() / 1e6);
  }

  private static List<String> cut(String text, int length) {
    var documents = new ArrayList<String>();
    for (int at = 0; at + length <= text.length(); at += length) {
      documents.add(text.substring(at, at + length));
    }
    return documents;
  }

  /** Items a CPU second, the best of the rounds. */
  private static double rate(int items, Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = threads.getCurrentThreadCpuTime();
      work.run();
      best = Math.max(best, items * 1e9 / (threads.getCurrentThreadCpuTime() - start));
    }
    return best;
  }
}
