package dev.neostream.clean.pii;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.SharedData;
import dev.neostream.clean.pii.PiiMasker.Masked;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Masks the {@code text} of JSON Lines (plain or .gz), prints every line that changes, and the
 * speed in CPU time of one thread. Command in README.
 */
public final class PiiBenchmark {

  private PiiBenchmark() {}

  public static void main(String[] files) throws IOException {
    List<byte[]> texts = new ArrayList<>();
    for (String file : files) {
      for (String line : SharedData.lines(Path.of(file))) {
        String text =
            line.startsWith("{") ? new ObjectMapper().readTree(line).path("text").asText() : line;
        texts.add(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    var masker = new PiiMasker();
    int emails = 0;
    int addresses = 0;
    int phones = 0;
    for (byte[] text : texts) {
      for (String line : new String(text, StandardCharsets.UTF_8).split("\n")) {
        Masked masked = masker.mask(line.getBytes(StandardCharsets.UTF_8));
        emails += masked.emails();
        addresses += masked.addresses();
        phones += masked.phones();
        if (masked.emails() + masked.addresses() + masked.phones() > 0 && line.length() < 2000) {
          System.out.println("- " + line);
          System.out.println("+ " + new String(masked.text(), StandardCharsets.UTF_8));
        }
      }
    }
    System.out.printf(
        "%d texts: %d e-mail addresses, %d IP addresses, %d phone numbers%n",
        texts.size(), emails, addresses, phones);
    for (int round = 0; round < 5; round++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      long bytes = 0;
      for (byte[] text : texts) {
        masker.mask(text);
        bytes += text.length;
      }
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
      System.out.printf("%.0f MB/s%n", bytes / (nanos / 1e3));
    }
  }
}
