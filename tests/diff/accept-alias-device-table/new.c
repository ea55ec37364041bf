// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/pci.h>
#include <linux/module.h>
extern int work(int);
static const struct pci_device_id ids[] = { { PCI_DEVICE(1, 2) }, {} };
MODULE_DEVICE_TABLE(pci, ids);
static struct pci_driver drv = { .name = "x", .id_table = ids };
int changed(int v) { return work(v+1); }
void *get(void) { return &drv; }
