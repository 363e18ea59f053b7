package dev.neostream.clean.html;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Prints the resource of {@link CharacterReferences} from the HTML standard's {@code
 * entities.json}: the argument is its path.
 */
public final class CharacterReferenceTable {

  private CharacterReferenceTable() {}

  public static void main(String[] entities) throws IOException {
    var lines = new TreeMap<String, String>();
    for (var entity : new ObjectMapper().readTree(new File(entities[0])).properties()) {
      var line = new StringBuilder(entity.getKey().substring(1));
      for (JsonNode codePoint : entity.getValue().get("codepoints")) {
        line.append(' ').append(Integer.toHexString(codePoint.intValue()).toUpperCase(Locale.ROOT));
      }
      lines.put(entity.getKey(), line.toString());
    }
    lines.values().forEach(System.out::println);
  }
}
