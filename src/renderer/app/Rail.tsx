import { Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconHexagons } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../i18n/translate.ts'
import { PAGES } from '../route/hash-route.ts'
import { hrefOfPage, useRoute } from '../route/use-route.ts'
import classes from './frame.module.css'
import { PAGE_ENTRIES } from './pages.ts'

const WIDE = '(min-width: 1200px)'

export function Rail(): ReactNode {
  const { t } = useT()
  const { page: current } = useRoute()
  const wide = useMediaQuery(WIDE, window.matchMedia(WIDE).matches)
  return (
    <nav className={`${classes.rail} ${wide ? '' : classes.narrow}`} aria-label={t('frame.pages')}>
      <div className={classes.brand}>
        <IconHexagons size={20} color="var(--accent)" aria-hidden />
        {wide && 'Bindery'}
      </div>
      {PAGES.map((page, index) => {
        const { icon: Icon } = PAGE_ENTRIES[page]
        const label = t(`page.${page}`)
        return (
          <Tooltip key={page} label={`${label}  Ctrl+${index + 1}`} position="right" disabled={wide}>
            <a
              className={`${classes.link} ${page === 'settings' ? classes.last : ''}`}
              href={page === current ? `#/${page}` : hrefOfPage(page)}
              aria-current={page === current ? 'page' : undefined}
              aria-label={label}
            >
              <Icon size={18} stroke={1.6} aria-hidden />
              {wide && label}
            </a>
          </Tooltip>
        )
      })}
    </nav>
  )
}
