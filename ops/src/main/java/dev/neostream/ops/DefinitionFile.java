package dev.neostream.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A YAML file that says what is to be done, read strictly: nothing in it is ignored. */
public final class DefinitionFile {

  private static final long MOST_BYTES = 1 << 20;

  private static final YAMLMapper YAML =
      YAMLMapper.builder(new YAMLFactory())
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private DefinitionFile() {}

  /**
   * Reads a definition.
   *
   * @param option what named the file, such as {@code --config}
   * @param filled puts in what the file does not say
   * @throws UserError if it cannot be read or says something that cannot be
   */
  public static <T> T read(
      String option, Path file, Class<T> type, UnaryOperator<JsonNode> filled) {
    return value(file.toString(), filled.apply(tree(option, file)), type);
  }

  /**
   * Reads a definition as it stands.
   *
   * @throws UserError if it cannot be read
   */
  public static JsonNode tree(String option, Path file) {
    String given = option.replaceFirst("^-+", "") + "=" + file;
    String yaml;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw UserError.usage(option + " must have at most " + MOST_BYTES + " bytes: " + given);
      }
      yaml = Files.readString(file);
    } catch (IOException e) {
      throw UserError.usage(option + " must be a readable UTF-8 file: " + given);
    }
    return tree(file.toString(), yaml);
  }

  /**
   * Reads the text of a definition.
   *
   * @param place where it stands, for messages
   * @throws UserError if it is not YAML
   */
  public static JsonNode tree(String place, String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw UserError.usage(problem(place, e));
    }
  }

  /**
   * Returns what a definition says.
   *
   * @throws UserError if that cannot be
   */
  public static <T> T value(String place, JsonNode tree, Class<T> type) {
    try {
      return YAML.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw UserError.usage(problem(place, e));
    }
  }

  /** Returns an object with nothing in it. */
  public static ObjectNode empty() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Returns paths that the definition has, relative to it, as absolute ones. */
  public static ArrayNode absolute(Path file, JsonNode paths) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    ArrayNode absolute = JsonNodeFactory.instance.arrayNode();
    for (JsonNode path : paths) {
      absolute.add(folder.resolve(path.asText()).normalize().toString());
    }
    return absolute;
  }

  /**
   * What a definition's record asks of its values.
   *
   * @throws IllegalArgumentException naming the value, unless the rule holds
   */
  public static void require(boolean holds, String name, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + rule + ": " + value);
    }
  }

  private static String problem(String place, JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      List<String> names = known.stream().map(String::valueOf).sorted().toList();
      return "%s: unknown name: %s%s"
          .formatted(
              place,
              unknown.getPropertyName(),
              Nearest.to(unknown.getPropertyName(), names)
                  .map(name -> "; did you mean " + name + "?")
                  .orElse("; there are " + names));
    }
    if (e.getCause() instanceof IllegalArgumentException ours) {
      return place + ": " + ours.getMessage();
    }
    String at =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                .collect(Collectors.joining(" "))
            : "line " + e.getLocation().getLineNr();
    return "%s: %s: %s".formatted(place, at, e.getOriginalMessage().lines().findFirst().orElse(""));
  }
}
