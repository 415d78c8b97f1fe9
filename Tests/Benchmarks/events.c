/* The floor for validate: libyaml reads one file event by event, and nothing is done with the events. */
#include <stdio.h>
#include <yaml.h>

int main(int count, char **arguments) {
  if (count != 2) return 64;
  FILE *input = fopen(arguments[1], "rb");
  if (input == NULL) return 66;
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) return 71;
  yaml_parser_set_input_file(&parser, input);
  unsigned long events = 0;
  yaml_event_type_t last = YAML_NO_EVENT;
  while (last != YAML_STREAM_END_EVENT) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) return 65;
    last = event.type;
    yaml_event_delete(&event);
    events += 1;
  }
  yaml_parser_delete(&parser);
  fclose(input);
  printf("%lu events\n", events);
  return 0;
}
