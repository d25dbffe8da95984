# `sam build` runs this for each function: make build-<logical id>, with ARTIFACTS_DIR set.
# StatusFunction is the module functions/status, ClassifierTrainRequestFunction functions/classifier-train-request.

FUNCTIONS := $(patsubst %/pom.xml,%,$(wildcard functions/*/pom.xml))
SOURCES := $(shell find pom.xml shared functions $(wildcard console/dist) -name target -prune -o -type f -print)
BUILT := target/functions-built
STORED := target/stored-jars
# The platform of the functions with the sentence encoder, x86_64 in template/classifier.yaml; linux-aarch64 for arm64.
ENCODER_PLATFORM ?= linux-x64

build-%: $(BUILT)
	@set -e; \
	module=functions/$$(echo '$*' | sed -E 's/Function$$//; s/([a-z0-9])([A-Z])/\1-\2/g' | tr '[:upper:]' '[:lower:]'); \
	test -f "$$module/pom.xml" || { echo "The function $* has no module: there is no $$module/pom.xml." >&2; exit 1; }; \
	mkdir -p '$(ARTIFACTS_DIR)/lib'; \
	cp -R "$$module/target/classes/." '$(ARTIFACTS_DIR)'; \
	cp "$$module/target/third-party/THIRD-PARTY.txt" '$(ARTIFACTS_DIR)/META-INF'; \
	cp $$(cd "$$module/target/lib" && printf '$(STORED)/%s ' *.jar) '$(ARTIFACTS_DIR)/lib'; \
	if [ -d '$(ARTIFACTS_DIR)/encoder' ]; then \
		rm -f '$(ARTIFACTS_DIR)'/encoder/*onnxruntime*; \
		cp shared/classifier/target/encoder-$(ENCODER_PLATFORM)/* '$(ARTIFACTS_DIR)/encoder'; \
	fi

# Builds all functions in one Maven run, and again only when a source has changed or a module was cleaned. Many functions
# share a jar; each jar is stored once.
$(BUILT): $(SOURCES) $(if $(filter-out $(wildcard functions/*/target/* $(STORED)),$(STORED) $(foreach part,classes lib third-party,$(FUNCTIONS:=/target/$(part)))),rebuild)
	@JAVA_HOME=$$(bin/find-jdk) && export JAVA_HOME && ./mvnw -q -Pthird-party -DskipTests -am $(addprefix -pl ,$(FUNCTIONS)) package
	@"$$(bin/find-jdk)/bin/java" build/StoreJars.java $(STORED) $(FUNCTIONS:=/target/lib/*.jar)
	@mkdir -p $(@D) && touch $@

.PHONY: rebuild
rebuild:
