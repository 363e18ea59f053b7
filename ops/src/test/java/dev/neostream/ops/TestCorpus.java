package dev.neostream.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A small corpus that exercises every outcome: pages that survive in three domains, exact
 * duplicates (some of them far apart), pages that a rule rejects, a broken record. Equal in every
 * run.
 */
public final class TestCorpus {

  private static final String[] ENGLISH =
      ("the of and to in that have with be is for on are this which by from at or an as it not can"
              + " system value result number method returns object class string list given element"
              + " order first last index when while between after before every other some many few"
              + " large small local remote simple complex stream record topic reader writer buffer"
              + " memory process thread future state event time clock window table column row graph"
              + " node edge path length width height colour water river mountain city village house")
          .split(" ");
  private static final String CHINESE =
      "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
          + "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关";

  private TestCorpus() {}

  /** Number of records in the corpus. */
  public static int records(int pages) {
    return 2 * pages + pages / 4 + pages / 10 + pages / 10 + 2;
  }

  /**
   * Writes the corpus and returns its inputs.
   *
   * @param pages pages in English, and as many in Chinese
   */
  public static List<Path> write(Path folder, int pages) throws IOException {
    var random = new Random(7);
    Files.createDirectories(folder.resolve("code"));
    var english = new StringBuilder();
    var chinese = new StringBuilder();
    for (int i = 0; i < pages; i++) {
      english.append(line("en-" + i, english(random)));
      chinese.append(line("zh-" + i, chinese(random)));
      if (i % 10 == 0) {
        // An exact copy of an earlier page, sometimes hundreds of records later.
        english.append(line("copy-" + i, english(new Random(i % 3))));
      }
      if (i % 10 == 5) {
        english.append(line("short-" + i, "Too short to keep."));
      }
      if (i == pages / 2) {
        english.append("{\"id\": \"broken\", \"text\": \n");
        english.append(
            line("math", english(random)).replace("{\"id\"", "{\"domain\":\"math\",\"id\""));
      }
    }
    for (int i = 0; i < pages / 4; i++) {
      Files.writeString(folder.resolve("code/Type" + i + ".java"), code(random, i));
    }
    Files.writeString(folder.resolve("english.jsonl"), english, StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("chinese.jsonl"), chinese, StandardCharsets.UTF_8);
    return List.of(
        folder.resolve("english.jsonl"), folder.resolve("chinese.jsonl"), folder.resolve("code"));
  }

  private static String line(String id, String text) {
    return "{\"id\":\""
        + id
        + "\",\"url\":\"https://example.org/"
        + id
        + "\",\"text\":\""
        + text.replace("\n", "\\n")
        + "\"}\n";
  }

  private static String english(Random random) {
    var text = new StringBuilder();
    for (int sentence = 0; sentence < 14; sentence++) {
      int words = 8 + random.nextInt(9);
      for (int w = 0; w < words; w++) {
        String word = ENGLISH[random.nextInt(ENGLISH.length)];
        text.append(w == 0 ? word.substring(0, 1).toUpperCase() + word.substring(1) : word);
        text.append(w == words - 1 ? "." : " ");
      }
      text.append(sentence % 3 == 2 ? "\n" : " ");
    }
    return text.toString();
  }

  private static String chinese(Random random) {
    var text = new StringBuilder();
    for (int sentence = 0; sentence < 16; sentence++) {
      int characters = 12 + random.nextInt(20);
      for (int c = 0; c < characters; c++) {
        text.append(CHINESE.charAt(random.nextInt(CHINESE.length())));
        if (c == characters / 2) {
          text.append('，');
        }
      }
      text.append(sentence % 4 == 3 ? "。\n" : "。");
    }
    return text.toString();
  }

  private static String code(Random random, int number) {
    var text = new StringBuilder("package example;\n\n/** A generated type. */\n");
    text.append("public final class Type").append(number).append(" {\n");
    for (int m = 0; m < 12; m++) {
      String name = ENGLISH[random.nextInt(ENGLISH.length)];
      text.append("  /** Returns the ").append(name).append(" of the given value. */\n");
      text.append("  public int ").append(name).append(m).append("(int value) {\n");
      text.append("    int result = value * ").append(random.nextInt(100)).append(";\n");
      text.append("    for (int i = 0; i < ").append(random.nextInt(50)).append("; i++) {\n");
      text.append("      result += i ^ value;\n    }\n    return result;\n  }\n\n");
    }
    return text.append("}\n").toString();
  }
}
