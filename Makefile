# The front door. Everything real is in meson.build and scripts/.
#
#   make          build/suture and its companions
#   make check    install what is needed, build, run every test
#   make demo     install what is needed, build, show a live patch on a stock Debian kernel
#   make deb       Debian packages into build-deb/
#   make deb-check the same, then lintian; install, upgrade, remove and purge in a chroot; the units
#                 under systemd in a virtual machine
#   make mok-check a key enrolled with "suture key enroll-mok" under UEFI Secure Boot, in a virtual machine
#   make install  DESTDIR and PREFIX as usual

PREFIX ?= /usr/local
BUILD := build

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) | scripts/quiet-ninja

$(BUILD)/build.ninja: | deps
	@meson setup --prefix=$(PREFIX) $(BUILD) > $(BUILD)-setup.log 2>&1 || { cat $(BUILD)-setup.log; exit 1; }
	@mv $(BUILD)-setup.log $(BUILD)/

deps:
	@scripts/install-deps

check: deps
	@$(MAKE) --no-print-directory all
	@scripts/check

demo: deps
	@$(MAKE) --no-print-directory all
	@scripts/demo

deb: deps
	@scripts/install-deps package
	@scripts/deb

deb-check: deb all
	@tests/package/chroot build-deb
	@SUTURE_CACHE=$${SUTURE_CACHE:-$(CURDIR)/build/cache} tests/package/systemd --suture build/suture \
		--series 6.1 --work build-deb --debs build-deb

mok-check: all
	@scripts/install-deps mok
	@SUTURE_CACHE=$${SUTURE_CACHE:-$(CURDIR)/build/cache} tests/package/mok --suture build/suture \
		--series 6.1 --work build

install: all
	DESTDIR=$(DESTDIR) meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD)-*

.PHONY: all deps check demo deb deb-check mok-check install clean
