package dev.neostream.ops.cli;

import dev.neostream.ops.Nearest;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in the words of the other messages. */
final class Misuse {

  /** Some words the parser names in its message alone. */
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

  private Misuse() {}

  /** Returns one line: what must hold, and the value. */
  static String message(ParameterException problem) {
    if (problem instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    String parsers = problem.getMessage().lines().findFirst().orElse("wrong usage");
    if (problem instanceof OverwrittenOptionException again) {
      return name(again.getOverwritten()) + " must be given once";
    }
    if (parsers.startsWith("Unknown subcommand")) {
      return unknownVerb(quoted(problem), problem.getCommandLine());
    }
    if (problem instanceof MissingParameterException missing) {
      return missing(missing.getMissing(), parsers);
    }
    ArgSpec argument = problem.getArgSpec();
    if (argument == null || problem.getValue() == null) {
      return parsers.replaceFirst("^Error: ", "");
    }
    String name = name(argument);
    return name
        + " must be "
        + kind(argument)
        + ": "
        + name.replaceFirst("^-+", "")
        + "="
        + problem.getValue();
  }

  /**
   * Refuses words that say nothing, such as those of a variable that is not set.
   *
   * @throws ParameterException naming the first option whose value is blank
   */
  static void refuseBlank(ParseResult parsed) {
    for (ParseResult verb = parsed; verb != null; verb = verb.subcommand()) {
      for (ArgSpec argument : verb.matchedArgs()) {
        if (argument.stringValues().stream().anyMatch(String::isBlank)) {
          throw new ParameterException(
              verb.commandSpec().commandLine(), name(argument) + " must not be empty");
        }
      }
    }
  }

  private static String unmatched(UnmatchedArgumentException problem) {
    String word =
        problem.getUnmatched().isEmpty() ? quoted(problem) : problem.getUnmatched().get(0);
    CommandLine asked = problem.getCommandLine();
    if (word.startsWith("-")) {
      return "there is no option "
          + word
          + near(word, asked.getCommandSpec().optionsMap().keySet());
    }
    return asked.getSubcommands().isEmpty()
        ? "there is one word too many: " + word
        : unknownVerb(word, asked);
  }

  private static String unknownVerb(String word, CommandLine asked) {
    Collection<String> verbs = asked.getSubcommands().keySet();
    return "there is no verb "
        + word
        + near(word, verbs)
        + "; verbs are: "
        + String.join(" ", verbs);
  }

  private static String quoted(ParameterException problem) {
    return QUOTED.matcher(problem.getMessage()).results().findFirst().orElseThrow().group(1);
  }

  private static String near(String word, Collection<String> valid) {
    return Nearest.to(word, valid).map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static String missing(List<ArgSpec> arguments, String parsers) {
    if (arguments.size() == 1 && parsers.startsWith("Missing required parameter for option")) {
      return name(arguments.get(0)) + " must have a value: " + arguments.get(0).paramLabel();
    }
    String names = arguments.stream().map(Misuse::withValue).collect(Collectors.joining(", "));
    return (parsers.contains("specify one of these") ? "one of " : "") + names + " must be given";
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String withValue(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? option.longestName() + " " + option.paramLabel()
        : argument.paramLabel();
  }

  private static String kind(ArgSpec argument) {
    Class<?>[] parts = argument.auxiliaryTypes();
    Class<?> type = parts.length == 0 ? argument.type() : parts[parts.length - 1];
    return Optional.ofNullable(type.getEnumConstants())
        .map(
            values ->
                "one of "
                    + Arrays.stream(values)
                        .map(value -> value.toString().toLowerCase(Locale.ROOT))
                        .toList())
        .orElse(
            List.of(int.class, Integer.class).contains(type)
                ? "a whole number of at most 2147483647"
                : List.of(long.class, Long.class).contains(type)
                    ? "a whole number"
                    : List.of(double.class, Double.class).contains(type)
                        ? "a number"
                        : argument.paramLabel());
  }
}
