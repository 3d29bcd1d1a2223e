#pragma once
// Every number and name that W&B, or a service's own documentation, states; each with its source and the day it was read.
// A check never holds such a number itself. Sections are in the order of the catalogue.

namespace wbverify::policy {

// --- config

// --- host

// --- tls

// --- mysql

// --- bucket

}  // namespace wbverify::policy
