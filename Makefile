# What `sam build` runs for each function: make build-<logical id>, with ARTIFACTS_DIR set.
# StatusFunction is the module functions/status, ClassifierTrainRequestFunction functions/classifier-train-request.

FUNCTIONS := $(patsubst %/pom.xml,%,$(wildcard functions/*/pom.xml))
SOURCES := $(shell find pom.xml shared functions -name target -prune -o -type f -print)
BUILT := target/functions-built
# Of the functions with the sentence encoder: x86_64 in template.yaml is linux-x64, arm64 is linux-aarch64.
ENCODER_PLATFORM := linux-x64

build-%: $(BUILT)
	@set -e; \
	module=functions/$$(echo '$*' | sed -E 's/Function$$//; s/([a-z0-9])([A-Z])/\1-\2/g' | tr '[:upper:]' '[:lower:]'); \
	test -f "$$module/pom.xml" || { echo "The function $* has no module: there is no $$module/pom.xml." >&2; exit 1; }; \
	mkdir -p '$(ARTIFACTS_DIR)/lib'; \
	cp -R "$$module/target/classes/." '$(ARTIFACTS_DIR)'; \
	cp "$$module"/target/lib/*.jar '$(ARTIFACTS_DIR)/lib'; \
	if [ -d '$(ARTIFACTS_DIR)/encoder' ]; then \
		rm -f '$(ARTIFACTS_DIR)'/encoder/*onnxruntime*; \
		cp shared/classifier/target/encoder-$(ENCODER_PLATFORM)/* '$(ARTIFACTS_DIR)/encoder'; \
	else \
		"$$(bin/find-jdk)/bin/java" build/StoreJars.java '$(ARTIFACTS_DIR)/lib'; \
	fi

# All functions in one Maven run; again only when a source has changed or a module was cleaned.
$(BUILT): $(SOURCES) $(if $(filter-out $(wildcard functions/*/target/lib),$(FUNCTIONS:=/target/lib)),rebuild)
	@JAVA_HOME=$$(bin/find-jdk) && export JAVA_HOME && ./mvnw -q -DskipTests -am $(addprefix -pl ,$(FUNCTIONS)) package
	@mkdir -p $(@D) && touch $@

.PHONY: rebuild
rebuild:
