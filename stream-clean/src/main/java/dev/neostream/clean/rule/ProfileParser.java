package dev.neostream.clean.rule;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads one profile from YAML and gathers everything that is wrong with it. */
final class ProfileParser {

  private static final int MAX_CHARACTERS = 1 << 18;
  private static final int MAX_ALIASES = 20;
  private static final int MAX_DEPTH = 10;
  private static final int MAX_NAME = 100;

  private static final List<String> KEYS =
      List.of("version", "description", "other_languages", "kinds");

  private static final List<String> ENDS = List.of("min", "above", "max", "below");
  private static final String APPLY = "apply";
  private static final String REJECT = "reject";
  private static final Pattern KIND = Pattern.compile("[a-z]{2,3}|code");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");

  private final String yaml;
  private final String place;
  private final List<String> problems = new ArrayList<>();

  ProfileParser(String yaml, String place) {
    this.yaml = yaml;
    this.place = place;
  }

  Profile parse() {
    Map<String, Node> keys = entries(document(), "profile", KEYS);
    String version = scalar(keys.get("version"), "version");
    if (!keys.containsKey("version")) {
      problem(1, "version must be given, e.g. version: mine-1");
    } else if (!VERSION.matcher(version).matches()) {
      problem(
          line(keys.get("version")),
          "version must be 1 to 64 letters, digits, dots, hyphens: version=" + version);
    }
    scalar(keys.get("description"), "description");
    var kinds = new LinkedHashMap<String, List<Rule>>();
    if (keys.containsKey("kinds")) {
      entries(keys.get("kinds"), "kinds", null)
          .forEach((kind, node) -> kinds.put(kind, kind(kind, node)));
    }
    if (kinds.isEmpty()) {
      problem(1, "kinds must name at least one kind of page, e.g. en");
    }
    String others =
        keys.containsKey("other_languages")
            ? scalar(keys.get("other_languages"), "other_languages")
            : REJECT;
    if (!others.equals(REJECT) && !kinds.containsKey(others)) {
      problem(
          line(keys.get("other_languages")),
          "other_languages must be reject or one of the kinds: other_languages="
              + others
              + ", kinds="
              + kinds.keySet());
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("profile is wrong: " + String.join("; ", problems));
    }
    return new Profile(yaml, version, others.equals(REJECT) ? "" : others, kinds);
  }

  private Node document() {
    if (yaml.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          place
              + ": profile must have at most "
              + MAX_CHARACTERS
              + " characters: characters="
              + yaml.length());
    }
    var options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    try {
      return new Yaml(options).compose(new StringReader(yaml));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new IllegalArgumentException(
          place + ":" + line + ": profile must be YAML: " + e.getProblem(), e);
    } catch (YAMLException e) {
      throw new IllegalArgumentException(place + ": profile must be YAML: " + e.getMessage(), e);
    }
  }

  private List<Rule> kind(String kind, Node node) {
    if (!KIND.matcher(kind).matches()) {
      problem(line(node), "kind must be an ISO code of a language or code: kind=" + kind);
    }
    var rules = new ArrayList<Rule>();
    Node list = entries(node, kind, List.of("rules")).get("rules");
    if (list == null) {
      problem(line(node), "kind must have rules: kind=" + kind);
    } else {
      entries(list, kind + ".rules", null).forEach((code, rule) -> rule(code, rule, rules));
    }
    return List.copyOf(rules);
  }

  private void rule(String code, Node node, List<Rule> rules) {
    if (Families.EDITS.containsKey(code)) {
      if (node instanceof ScalarNode scalar && scalar.getValue().equals(APPLY)) {
        rules.add(new Rule.Edit(code, Families.EDITS.get(code)));
      } else {
        problem(line(node), "an edit is written " + code + ": " + APPLY);
      }
    } else if (Families.MEASURES.containsKey(code)) {
      int before = problems.size();
      Range range = range(code, node);
      if (problems.size() == before) {
        rules.add(new Rule.Threshold(code, Families.MEASURES.get(code), range));
      }
    } else {
      var codes = new TreeSet<String>(Families.MEASURES.keySet());
      codes.addAll(Families.EDITS.keySet());
      problem(line(node), "rule must exist: rule=" + code + ", nearest=" + nearest(code, codes));
    }
  }

  private Range range(String code, Node node) {
    int before = problems.size();
    var ends = new HashMap<String, Double>();
    entries(node, code, ENDS).forEach((end, value) -> ends.put(end, number(code, end, value)));
    if (problems.size() > before) {
      return Range.ALL;
    }
    if (ends.isEmpty()) {
      problem(line(node), "range must have one of " + ENDS + ": rule=" + code);
      return Range.ALL;
    }
    if (ends.keySet().containsAll(List.of("min", "above"))
        || ends.keySet().containsAll(List.of("max", "below"))) {
      problem(line(node), "range must have one lower and one upper end at most: rule=" + code);
      return Range.ALL;
    }
    try {
      var range =
          new Range(
              ends.getOrDefault("min", ends.getOrDefault("above", Double.NEGATIVE_INFINITY)),
              !ends.containsKey("above"),
              ends.getOrDefault("max", ends.getOrDefault("below", Double.POSITIVE_INFINITY)),
              !ends.containsKey("below"));
      judge(code, range, node);
      return range;
    } catch (IllegalArgumentException e) {
      problem(line(node), e.getMessage() + ", rule=" + code);
      return Range.ALL;
    }
  }

  /** No measure is negative, and a share is 1 at most. */
  private void judge(String code, Range range, Node node) {
    double most = Families.MEASURES.get(code) instanceof Share ? 1 : Double.POSITIVE_INFINITY;
    boolean low = range.min() < 0 || range.contains(0);
    boolean high = range.max() > most || range.contains(most);
    if (low && high) {
      problem(
          line(node), "range must exclude a value, or be left out: rule=" + code + ", " + range);
    }
    boolean below = range.max() < 0 || range.max() == 0 && !range.contains(0);
    boolean above = range.min() > most || range.min() == most && !range.contains(most);
    if (below || above) {
      problem(line(node), "range must hold a value the rule can have: rule=" + code + ", " + range);
    }
  }

  private double number(String code, String end, Node node) {
    String written =
        node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN
            ? scalar.getValue()
            : "";
    if (!NUMBER.matcher(written).matches() || !Double.isFinite(Double.parseDouble(written))) {
      problem(
          line(node),
          "threshold must be a finite number: rule=" + code + ", " + end + "=" + written);
      return 0;
    }
    double value = Double.parseDouble(written);
    if (Families.MEASURES.get(code) instanceof Share && !(value >= 0 && value <= 1)) {
      problem(
          line(node),
          "threshold of a share must be in 0..1: rule=" + code + ", " + end + "=" + written);
    }
    return value;
  }

  /**
   * Returns a mapping's entries in order; what is no mapping, a repeated key or not among {@code
   * known} (null for any) is a problem.
   */
  private Map<String, Node> entries(Node node, String what, Collection<String> known) {
    var entries = new LinkedHashMap<String, Node>();
    if (!(node instanceof MappingNode mapping)) {
      problem(line(node), what + " must be a mapping of keys to values");
      return entries;
    }
    for (NodeTuple entry : mapping.getValue()) {
      Node keyNode = entry.getKeyNode();
      String key = scalar(keyNode, "a key of " + what);
      if (known != null && !known.contains(key)) {
        problem(
            line(keyNode),
            "key of "
                + what
                + " must be one of "
                + known
                + ": key="
                + key
                + ", nearest="
                + nearest(key, known));
      } else if (entries.putIfAbsent(key, entry.getValueNode()) != null) {
        problem(line(keyNode), "key must be given once: key=" + key);
      }
    }
    return entries;
  }

  /** Returns the text of a scalar; anything else is a problem. */
  private String scalar(Node node, String what) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    if (node != null) {
      problem(line(node), what + " must be a text");
    }
    return "";
  }

  private void problem(int line, String what) {
    problems.add(place + ":" + line + ": " + what);
  }

  /** Returns the line of a node, counted from 1; 1 for a document without content. */
  private static int line(Node node) {
    return node == null ? 1 : node.getStartMark().getLine() + 1;
  }

  private static String nearest(String written, Collection<String> names) {
    return names.stream()
        .min(Comparator.comparingInt(name -> editDistance(written, name)))
        .orElseThrow();
  }

  /** Returns the Levenshtein distance, of the first {@value #MAX_NAME} characters of each. */
  static int editDistance(String a, String b) {
    int aLength = Math.min(a.length(), MAX_NAME);
    int bLength = Math.min(b.length(), MAX_NAME);
    int[] row = new int[bLength + 1];
    for (int j = 0; j <= bLength; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= aLength; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= bLength; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[bLength];
  }
}
