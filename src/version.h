/* version.h — the one place that holds the version. The Makefile reads it for the rockspec; C and Lua see it as
** thrive.core.version, from which thrive._VERSION, `thrivelua --version` and the User-Agent come. */
#ifndef THR_VERSION_H
#define THR_VERSION_H

#define THRIVE_VERSION "0.1.0"

#endif
