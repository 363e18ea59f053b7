package dev.neostream.dedup.contamination;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Pages and benchmark items of {@code shared/data}. */
final class Pages {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Pages() {}

  /** A page that repeats no benchmark on purpose. */
  record Page(String place, byte[] utf8) {}

  /** Returns the pages of domain-mix, books and docs-zh-en. */
  static List<Page> clean() throws IOException {
    var pages = new ArrayList<Page>();
    for (String folder : List.of("domain-mix", "books", "docs-zh-en")) {
      for (Path file : files(SharedData.folder(folder))) {
        if (folder.equals("books") && file.toString().endsWith(".txt")) {
          pages.add(new Page(file.getFileName().toString(), Files.readAllBytes(file)));
          continue;
        }
        int number = 0;
        for (String line : SharedData.lines(file)) {
          number++;
          if (!line.isBlank()) {
            String text = line.startsWith("{") ? JSON.readTree(line).get("text").asText() : line;
            pages.add(
                new Page(file.getFileName() + ":" + number, text.getBytes(StandardCharsets.UTF_8)));
          }
        }
      }
    }
    return pages;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(jsonl|jsonl\\.gz|txt)"))
          .sorted()
          .toList();
    }
  }

  static BenchmarkSet gsm8k() throws IOException {
    return BenchmarkSet.read(
        "gsm8k", List.of(SharedData.folder("eval-dev").resolve("gsm8k_test_first200.jsonl")));
  }

  /** Returns the questions of the same kind that models are trained on. */
  static BenchmarkSet gsm8kTrain() throws IOException {
    return BenchmarkSet.read(
        "gsm8k-train", List.of(SharedData.folder("sft-dpo").resolve("gsm8k_train.jsonl")));
  }

  /** Returns GSM8K, AGIEval's four and BLiMP's twelve files as sets. */
  static List<BenchmarkSet> allSets() throws IOException {
    var sets = new ArrayList<BenchmarkSet>();
    sets.add(gsm8k());
    for (Path file : files(SharedData.folder("eval-dev/agieval"))) {
      sets.add(BenchmarkSet.read("agieval-" + stem(file), List.of(file)));
    }
    sets.add(BenchmarkSet.read("blimp", files(SharedData.folder("eval-dev/blimp"))));
    return sets;
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replace(".jsonl", "");
  }
}
