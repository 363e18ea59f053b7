package dev.neostream.dedup.contamination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.schemas.gzip.GzipStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The items of an evaluation set. Files are JSON Lines, one item a line, plain or {@code .gz}; what
 * is compared follows from the fields, the first row that fits:
 *
 * <pre>
 *   sentence_good, sentence_bad             BLiMP       the two sentences, each on its own
 *   question, choices[] | options[]         MMLU,       question = the question with its choices,
 *                                           AGIEval     lettered where they are not; passage
 *   question, A, B, C, D, ...               C-Eval      question = the question with its choices
 *   question, answer                        GSM8K       question, answer; answer_plain is the answer
 *                                                       without annotations {@code <<2*3=6>>}
 *   question                                            question
 *   anything else                           any         every field that is a text, but {@code id}
 * </pre>
 *
 * <p>Letters and numbers that name the right choice are not compared. {@code passage} is compared
 * on its own wherever it is a text.
 *
 * @param name stable name; part of the reason {@code contamination.<name>}
 * @param items items in file order
 */
public record BenchmarkSet(String name, List<Item> items) {

  /**
   * An item.
   *
   * @param id its own id, or {@code file:line}
   */
  public record Item(String id, List<Field> fields) {

    public Item {
      fields = List.copyOf(fields);
    }
  }

  /** A text of an item. */
  public record Field(String name, String text) {}

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern ANNOTATION = Pattern.compile("<<[^<>]*>>");

  public BenchmarkSet {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a set's name must be letters, digits, _ and -: name=" + name);
    }
    items = List.copyOf(items);
  }

  /**
   * Reads a set from files.
   *
   * @throws IllegalArgumentException naming the file and line that is no item
   */
  public static BenchmarkSet read(String name, List<Path> files) throws IOException {
    var items = new ArrayList<Item>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file);
          var lines =
              new BufferedReader(
                  new InputStreamReader(
                      file.toString().endsWith(".gz") ? GzipStream.ofFile(in) : in,
                      StandardCharsets.UTF_8))) {
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          number++;
          if (!line.isBlank()) {
            items.add(item(line, file.getFileName() + ":" + number));
          }
        }
      }
    }
    return new BenchmarkSet(name, items);
  }

  /**
   * Returns the item of a line.
   *
   * @param place {@code file:line}
   */
  static Item item(String line, String place) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "a benchmark item must be a JSON object: place="
              + place
              + ", problem="
              + e.getOriginalMessage(),
          e);
    }
    JsonNode id = json.path("id");
    return new Item(
        id.isTextual() || id.isIntegralNumber() ? id.asText() : place, fields(json, place));
  }

  private static List<Field> fields(JsonNode json, String place) {
    var fields = new ArrayList<Field>();
    add(fields, json, "passage");
    if (json.path("sentence_good").isTextual() && json.path("sentence_bad").isTextual()) {
      add(fields, json, "sentence_good");
      add(fields, json, "sentence_bad");
      return fields;
    }
    if (json.path("question").isTextual()) {
      String choices = choices(json);
      fields.add(new Field("question", json.get("question").asText() + choices));
      if (choices.isEmpty() && json.path("answer").isTextual()) {
        add(fields, json, "answer");
        String answer = json.get("answer").asText();
        String bare = ANNOTATION.matcher(answer).replaceAll("");
        if (!bare.equals(answer)) {
          fields.add(new Field("answer_plain", bare));
        }
      }
      return fields;
    }
    var names = new ArrayList<String>();
    json.fieldNames().forEachRemaining(names::add);
    names.stream()
        .filter(name -> !name.equals("id") && !name.equals("passage"))
        .forEach(name -> add(fields, json, name));
    if (fields.isEmpty()) {
      throw new IllegalArgumentException(
          "a benchmark item must have a text: place=" + place + ", fields=" + names);
    }
    return fields;
  }

  private static void add(List<Field> fields, JsonNode json, String name) {
    if (json.path(name).isTextual() && !json.get(name).asText().isBlank()) {
      fields.add(new Field(name, json.get(name).asText()));
    }
  }

  /** Returns the choices as they follow the question in print, empty where there are none. */
  private static String choices(JsonNode json) {
    var out = new StringBuilder();
    JsonNode listed = json.path("choices").isArray() ? json.get("choices") : json.path("options");
    char letter = 'A';
    for (JsonNode choice : listed) {
      String text = choice.asText();
      boolean lettered = text.startsWith("(" + letter + ")");
      out.append('\n').append(lettered ? "" : letter + ". ").append(text);
      letter++;
    }
    if (out.length() == 0) {
      for (; letter <= 'Z' && json.path(String.valueOf(letter)).isValueNode(); letter++) {
        out.append('\n')
            .append(letter)
            .append(". ")
            .append(json.get(String.valueOf(letter)).asText());
      }
    }
    return out.toString();
  }
}
